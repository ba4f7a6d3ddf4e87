/** The issuer did not answer, or what it answered is no use. */
export class IssuerUnreachable extends Error {
  override readonly name = 'IssuerUnreachable';
}
