/** The versions of the schema that events can be written in, the newest first. */
export const OCSF_VERSIONS = ['1.9.0', '1.5.0'] as const;
export type OcsfVersion = (typeof OCSF_VERSIONS)[number];

type Class = {
  readonly uid: number;
  readonly caption: string;
  readonly activities: Readonly<Record<string, number>>;
};

/**
 * The classes of events, with the activities that occur here. A number means the same in every version that
 * has it.
 *
 * @see https://schema.ocsf.io/
 */
export const CLASSES = {
  compliance_finding: { uid: 2003, caption: 'Compliance Finding', activities: { Create: 1 } },
  detection_finding: { uid: 2004, caption: 'Detection Finding', activities: { Create: 1 } },
  account_change: { uid: 3001, caption: 'Account Change', activities: { Enable: 2, Disable: 5 } },
  authorize_session: {
    uid: 3003,
    caption: 'Authorize Session',
    activities: { 'Assign Privileges': 1, 'Assign Roles': 3 },
  },
  entity_management: {
    uid: 3004,
    caption: 'Entity Management',
    activities: { Create: 1, Read: 2, Update: 3 },
  },
  user_access: {
    uid: 3005,
    caption: 'User Access Management',
    activities: { 'Assign Privileges': 1, 'Revoke Privileges': 2 },
  },
  user_management: {
    uid: 3007,
    caption: 'User Management',
    activities: { Enable: 4, Disable: 5, 'Assign Roles': 16, 'Remove Roles': 17 },
  },
} as const satisfies Readonly<Record<string, Class>>;

export type ClassName = keyof typeof CLASSES;

type ActivityOf<C extends ClassName> = keyof (typeof CLASSES)[C]['activities'];

/**
 * How an activity ended. `by grant`: as the status of the grant after the event says. `underway`: it has begun,
 * and another event says how it ended. Findings are `new`.
 */
export type Outcome = 'success' | 'failure' | 'underway' | 'by grant' | 'new';

/** The class and activity that an event becomes, and how it ended. */
export type Row = {
  readonly [C in ClassName]: readonly [
    class_: C,
    activity: ActivityOf<C>,
    outcome: C extends `${string}_finding` ? 'new' : Exclude<Outcome, 'new'>,
  ];
}[ClassName];

/** The fields of `classification` in every event: they all follow from a row. */
export function classification([name, activity]: Row) {
  const { uid, caption, activities } = CLASSES[name];
  const activityId = (activities as Class['activities'])[activity];
  if (activityId === undefined) throw new Error(`${name} has no activity ${activity}`);
  const categoryUid = Math.floor(uid / 1000);
  return {
    category_uid: categoryUid,
    category_name: categoryUid === 2 ? 'Findings' : 'Identity & Access Management',
    class_uid: uid,
    class_name: caption,
    activity_id: activityId,
    activity_name: activity,
    type_uid: uid * 100 + activityId,
    type_name: `${caption}: ${activity}`,
  };
}
