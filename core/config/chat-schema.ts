import * as z from 'zod';

/** `chat` in `valetkey.yaml`: where people are told, and of which requests. */

const parameter = z
  .string()
  .regex(
    /^\/(?!aws\/|ssm\/)[A-Za-z0-9_.-]+(\/[A-Za-z0-9_.-]+){0,14}$/i,
    'is not the name of an SSM parameter; write it with a slash in front, such as /valetkey/slack/bot-token',
  );

const routed = {
  entitlements: z
    .array(
      z
        .string()
        .regex(
          /^[a-z0-9*-]{1,64}$/,
          'is not the id of an entitlement; write one, with * for any characters',
        ),
    )
    .min(1, 'is empty; name an entitlement, or leave it out for all')
    .default(['*'])
    .describe('Entitlements by id; * stands for any characters. Default: all'),
  approvers: z
    .array(
      z
        .string()
        .regex(/^[^:]+:.+$/, 'is not a group; write it as <issuer id>:<group>, as entitlements do'),
    )
    .min(1, 'is empty; name a group, or leave it out')
    .optional()
    .describe(
      'Only entitlements on which one of these groups votes: in approvers or escalateTo of the bundle',
    ),
};

const SLACK = 'https://slack.com/api';

const interactivity = z.strictObject({
  signingSecret: parameter.describe(
    'SSM parameter (SecureString) with the signing secret of the app',
  ),
  appId: z
    .string()
    .regex(/^A[A-Z0-9]{4,20}$/, 'is not the id of an app; write one such as A0123456789'),
  teamId: z
    .string()
    .regex(/^T[A-Z0-9]{4,20}$/, 'is not the id of a workspace; write one such as T0123456789'),
});

const slack = z.strictObject({
  botToken: parameter.describe('SSM parameter (SecureString) with the bot token of the app'),
  apiUrl: z
    .string()
    .regex(
      /^(https:\/\/[a-z0-9.-]+|http:\/\/127\.0\.0\.1)(:\d+)?(\/[\w.-]+)*$/,
      'is not an https URL; write it without a slash at the end',
    )
    .default(SLACK)
    .describe('The web API; that of GovSlack is https://slack-gov.com/api'),
  requesters: z
    .boolean()
    .default(false)
    .describe(
      'Whether requesters get messages, by their name where it is an e-mail address that Slack knows',
    ),
  interactivity: interactivity
    .optional()
    .describe('Lets Slack call POST /v1/chat/slack when somebody presses a button'),
  routes: z
    .array(
      z.strictObject({
        channel: z
          .string()
          .regex(
            /^[CG][A-Z0-9]{4,20}$/,
            'is not the id of a channel; write one such as C0123456789',
          )
          .describe('Id of the channel, which the app is a member of'),
        ...routed,
        escalateTo: z
          .string()
          .regex(
            /^S[A-Z0-9]{4,20}$/,
            'is not the id of a user group; write one such as S0123456789',
          )
          .optional()
          .describe('User group of Slack that is mentioned when a request is escalated'),
        deny: z
          .boolean()
          .default(false)
          .describe('Whether everybody in the channel may deny what waits, with a button'),
      }),
    )
    .max(100)
    .default([]),
});

const teams = z.strictObject({
  routes: z
    .array(
      z.strictObject({
        webhook: parameter.describe('SSM parameter (SecureString) with the URL of the workflow'),
        ...routed,
      }),
    )
    .min(1, 'is empty; name a webhook')
    .max(100),
});

export const chatSchema = z
  .strictObject({ slack: slack.optional(), teams: teams.optional() })
  .superRefine(({ slack: inSlack, teams: inTeams }, issues) => {
    const complain = (path: (string | number)[], message: string) =>
      issues.addIssue({ code: 'custom', path, message });
    if (inSlack === undefined && inTeams === undefined)
      complain([], 'names neither slack nor teams');
    if (inSlack?.routes.length === 0 && !inSlack.requesters) {
      complain(['slack', 'routes'], 'is empty; name a channel, or set requesters');
    }
    for (const [index, { deny }] of (inSlack?.routes ?? []).entries()) {
      if (deny && inSlack?.interactivity === undefined) {
        complain(['slack', 'routes', index, 'deny'], 'needs slack.interactivity');
      }
    }
    const places = {
      slack: inSlack?.routes.map(({ channel }) => channel) ?? [],
      teams: inTeams?.routes.map(({ webhook }) => webhook) ?? [],
    };
    for (const [where, names] of Object.entries(places)) {
      for (const [index, name] of names.entries()) {
        if (names.indexOf(name) < index) {
          complain(
            [where, 'routes', index],
            'is listed twice; put all its entitlements into one route',
          );
        }
      }
    }
  });

export type ChatConfig = z.output<typeof chatSchema>;

/** Names of the parameters with what opens the chats; the signing secret opens none. */
export function secretsOf({ slack: inSlack, teams: inTeams }: ChatConfig): readonly string[] {
  const webhooks = inTeams?.routes.map(({ webhook }) => webhook) ?? [];
  return [...(inSlack === undefined ? [] : [inSlack.botToken]), ...webhooks];
}
