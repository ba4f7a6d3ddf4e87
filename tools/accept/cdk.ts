import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run as runCommand } from '../../local/process.ts';
import { type Run, stackName, TAG } from './names.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export type Place = { readonly profile: string | null; readonly issuerUrl: string | null };
export type Outputs = {
  readonly apiUrl: string;
  readonly tableName: string;
  readonly stateMachineArn: string;
};

/** The same app and command that deploy to production, with the configuration of the run. */
export class Cdk {
  readonly assembly: string;
  private readonly run: Run;
  private readonly place: Place;
  private readonly signal: AbortSignal;

  constructor(run: Run, place: Place, signal: AbortSignal) {
    this.assembly = resolve(run.folder, 'cdk.out');
    this.run = run;
    this.place = place;
    this.signal = signal;
  }

  synth(): Promise<string> {
    const { folder } = this.run;
    const { issuerUrl } = this.place;
    // An issuer of the emulator is not reached over https.
    const urls =
      issuerUrl === null ? [] : ['-c', `issuerUrls=${JSON.stringify({ aws: issuerUrl })}`];
    const config = ['-c', `config=${resolve(folder, 'valetkey.yaml')}`];
    return this.call(['synth', '--quiet', '--output', this.assembly, ...config, ...urls]);
  }

  /** @throws Error with the end of CloudFormation's log */
  async deploy(): Promise<Outputs> {
    await this.synth();
    const file = join(this.run.folder, 'outputs.json');
    const tags = ['--tags', `${TAG}=${this.run.id}`];
    const how = ['--app', this.assembly, '--require-approval', 'never', '--progress', 'events'];
    await this.call(['deploy', '--all', ...how, ...tags, '--outputs-file', file]);
    const outputs = JSON.parse(readFileSync(file, 'utf8')) as Record<
      string,
      Record<string, string>
    >;
    const {
      ApiUrl = '',
      ApiId = '',
      TableName = '',
      StateMachineArn = '',
    } = outputs[stackName(this.run)] ?? {};
    const emulator = process.env['AWS_ENDPOINT_URL'];
    const apiUrl = emulator === undefined ? ApiUrl : `${emulator}/_aws/execute-api/${ApiId}`;
    return { apiUrl, tableName: TableName, stateMachineArn: StateMachineArn };
  }

  private call(args: readonly string[]): Promise<string> {
    const program = join(ROOT, 'node_modules', 'aws-cdk', 'bin', 'cdk');
    const { account, region, folder } = this.run;
    const { profile } = this.place;
    const asWhom = profile === null ? [] : ['--profile', profile];
    return runCommand(process.execPath, [program, ...args, ...asWhom, '--no-notices'], {
      cwd: ROOT,
      signal: this.signal,
      logFile: join(folder, 'cdk.log'),
      what: `cdk ${args[0]}`,
      env: {
        ...process.env,
        CI: 'true',
        CDK_HOME: resolve(folder, 'cdk-home'),
        CDK_DEFAULT_ACCOUNT: account,
        CDK_DEFAULT_REGION: region,
        CDK_DISABLE_CLI_TELEMETRY: 'true',
      },
    });
  }
}
