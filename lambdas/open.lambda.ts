import { openApiDocument } from '../core/api/openapi.ts';
import { discoveryJson } from '../core/api/wire.ts';
import { ok } from '../core/result.ts';
import { bundle, issuerUrl } from './container.ts';
import { apiHandler } from './middleware/api-handler.ts';

/** What anybody may read; the gateway also brings it the calls that no route takes. Has no AWS permissions. */

const { issuers } = bundle();
const document = openApiDocument();

export const handler = apiHandler<'open'>(null, {
  'GET /.well-known/valetkey': () => ok({ status: 200, body: discoveryJson(issuers, issuerUrl) }),
  'GET /v1/openapi.json': () => ok({ status: 200, body: document }),
});
