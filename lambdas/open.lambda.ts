import { openApiDocument } from '../core/api/openapi.ts';
import { type DiscoveredLedger, discoveryJson } from '../core/api/wire.ts';
import { ok } from '../core/result.ts';
import { verifierKey } from '../core/signed-note.ts';
import { bundle, issuerUrl } from './container/deciding.ts';
import { ledgerSigner, witnesses } from './container/ledger.ts';
import type { ApiRequest, Handler } from './middleware/api-call.ts';
import { apiHandler } from './middleware/api-handler.ts';

/** What anybody may read; the gateway also brings it the calls that no route takes. May read the public key of the log. */

const { issuers } = bundle();
const document = openApiDocument();

/** It never changes, so it is read once. */
let ledger: DiscoveredLedger | null = null;

const discover: Handler<ApiRequest> = async () => {
  if (ledger === null) {
    const signer = await ledgerSigner();
    if (!signer.ok) return signer;
    const { key } = signer.value;
    const keys = witnesses().map((witness) => verifierKey(witness.key, 'cosignature'));
    ledger = { origin: key.name, vkey: verifierKey(key), witnesses: keys };
  }
  return ok({ status: 200, body: discoveryJson(issuers, issuerUrl, ledger) });
};

export const handler = apiHandler<'open'>(null, {
  'GET /.well-known/valetkey': discover,
  'GET /v1/openapi.json': () => ok({ status: 200, body: document }),
});
