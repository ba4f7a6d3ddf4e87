import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { LISTING_KEY } from '../../adapters/dynamodb/keys.ts';
import { ROUTES, type RouteKey } from '../../core/api/routes.ts';
import type { ApiHandler } from '../../lambdas/middleware/api-call.ts';
import { checkAgainstContract } from './answer-schemas.ts';
import { type Answer, type ApiCall, send } from './api-call.ts';
import { type CapturedLog, captureLog } from './capture-log.ts';
import { lambdaEnvironment } from './lambda-environment.ts';
import { type Aws, mockAws } from './mock-aws.ts';
import { startIssuer, type TestIssuer } from './test-issuer.ts';

/**
 * The API's Lambdas as deployed, with mocked AWS clients; every answer is checked against the
 * contract.
 */
export type ApiUnderTest = {
  readonly issuer: TestIssuer;
  readonly aws: Aws;
  readonly log: CapturedLog;
  readonly call: (route: RouteKey, call?: ApiCall) => Promise<Answer>;
  readonly handler: (lambda: string) => Promise<ApiHandler>;
  readonly stop: () => Promise<void>;
};

/** A Lambda is imported when it is first called, so that a test starts only what it needs. */
export async function startApi(): Promise<ApiUnderTest> {
  const log = captureLog();
  const issuer = await startIssuer();
  const removeFolder = lambdaEnvironment(issuer);
  const aws = mockAws();
  const handler = async (lambda: string): Promise<ApiHandler> => {
    // It is read while a Lambda starts: an upgrade that the sweep has completed.
    const read = { Key: marshall(LISTING_KEY) };
    aws.dynamo.on(GetItemCommand, read).resolves({ Item: marshall({ gated: true }) });
    const module = (await import(`../../lambdas/${lambda}.lambda.ts`)) as { handler: ApiHandler };
    return module.handler;
  };
  return {
    issuer,
    aws,
    log,
    handler,
    call: async (route, call) => {
      const answer = await send(await handler(ROUTES[route].lambda), route, call);
      checkAgainstContract(route, answer.status, answer.body);
      return answer;
    },
    stop: async () => {
      await issuer.stop();
      removeFolder();
      log.restore();
    },
  };
}
