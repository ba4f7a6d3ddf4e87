import { expect } from './demo-story.ts';
import { figuresWhen, hasSignal, type Scene, secondsSince } from './drill-scene.ts';

/** The first part of the drill: what asking around gives, and who hears of it. */

const WISHES = [
  { entitlement: 'orders-read', parameters: { table: 'orders' } },
  { entitlement: 'on-call-operate', parameters: { service: 'shop' }, ticket: 'OPS-1' },
  { entitlement: 'break-glass', ticket: 'INC-1' },
];

export async function playAsking(scene: Scene): Promise<void> {
  const { story, clients, mailbox, tokens } = scene;
  const wish = (request: object) =>
    clients.call(403, 'POST', '/v1/grants', tokens.thief, {
      ...request,
      durationSeconds: 900,
      justification: 'Urgent',
    });

  await story.step(
    'A thief has Ana’s token, and asks around for what she may not have',
    async () => {
      for (const request of WISHES) {
        const denied = await wish(request);
        expect(denied['decision'] !== undefined, `${request.entitlement}: denied by policy (403)`);
      }
      const third = Date.now();
      const { message, at } = await mailbox.until('security', 'Attempts were denied: people:ana');
      expect(
        WISHES.every(({ entitlement }) => message.includes(entitlement)),
        `${secondsSince(third, at)} after the third, security has a mail with all of them`,
      );
      const own = await mailbox.until('requesters', 'were denied: people:ana');
      expect(
        own.message.includes('valetkey suspend me'),
        `${secondsSince(third, own.at)} after the third, Ana has one: what to do if it was not her`,
      );
    },
  );

  await story.step('It tries on, and tries to lock security out', async () => {
    for (const request of WISHES) await wish(request);
    const order = { reason: 'left the company' };
    const path = '/v1/principals/people%3Azoe/suspend';
    const refused = await clients.call(403, 'POST', path, tokens.thief, order);
    story.quote(String(refused['detail']));
    const begun = Date.now();
    const isKnown = 'the figures have all denials and the refused order';
    const { outcomes } = await figuresWhen(
      scene,
      isKnown,
      (now) => now.outcomes.deny >= 6 && hasSignal(now, 'refused-administration', 'people:ana'),
    );
    expect(
      outcomes.deny === 6,
      `${secondsSince(begun)} later the signal refused-administration is raised, and the figures count ${outcomes.deny} denials`,
    );
    oneMailEach(scene);
  });
}

/** However often it is denied. */
export function oneMailEach({ mailbox }: Scene): void {
  const counts = [
    mailbox.to('security', 'Attempts were denied').length,
    mailbox.to('requesters', 'Several of your requests were denied').length,
  ];
  expect(counts.join() === '1,1', 'security and Ana still have one mail each about denials');
}
