import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { ListTopicsCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import type { LocalState } from './state-folder.ts';

/** Everybody's mail on the local stack, at the moment when it arrives. */

export type Audience = 'approvers' | 'security' | 'requesters';

export type Received = {
  readonly audience: Audience;
  readonly subject: string;
  readonly message: string;
  /** When it arrived. */
  readonly at: number;
};

const AUDIENCES: readonly Audience[] = ['approvers', 'security', 'requesters'];
const PATIENCE_MS = 90_000;

export class Mailbox {
  private readonly received: Received[] = [];
  private readonly server: Server;

  private constructor() {
    this.server = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        this.take(JSON.parse(Buffer.concat(parts).toString()) as Record<string, string>);
        response.end();
      });
    });
  }

  /** Subscribes to every topic of the broker. */
  static async open({ emulatorUrl, region, accountId }: LocalState): Promise<Mailbox> {
    const mailbox = new Mailbox();
    await new Promise<void>((done) => mailbox.server.listen(0, '127.0.0.1', done));
    const { port } = mailbox.server.address() as AddressInfo;
    const credentials = { accessKeyId: accountId, secretAccessKey: 'local' };
    const sns = new SNSClient({ endpoint: emulatorUrl, region, credentials });
    const { Topics = [] } = await sns.send(new ListTopicsCommand({}));
    for (const { TopicArn = '' } of Topics) {
      const Endpoint = `http://127.0.0.1:${port}/`;
      await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'http', Endpoint }));
    }
    return mailbox;
  }

  /** The mails to an audience whose subject has these words. */
  to(audience: Audience, words: string): readonly Received[] {
    return this.received.filter(
      (mail) => mail.audience === audience && mail.subject.includes(words),
    );
  }

  /** @throws Error if no such mail arrives. */
  async until(audience: Audience, words: string): Promise<Received> {
    for (const begun = Date.now(); Date.now() < begun + PATIENCE_MS; await sleep(20)) {
      const [mail] = this.to(audience, words);
      if (mail !== undefined) return mail;
    }
    throw new Error(`no mail “${words}” to ${audience}`);
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private take(sent: Readonly<Record<string, string>>): void {
    if (sent['Type'] === 'SubscriptionConfirmation') {
      void fetch(sent['SubscribeURL'] ?? '').catch(() => undefined);
      return;
    }
    const { TopicArn = '', Subject: subject = '', Message: message = '' } = sent;
    const audience = AUDIENCES.find((one) => TopicArn.toLowerCase().includes(one));
    if (audience !== undefined) this.received.push({ audience, subject, message, at: Date.now() });
  }
}
