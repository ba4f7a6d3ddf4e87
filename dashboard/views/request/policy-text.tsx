/** A session policy, as IAM would read it. */
export function PolicyText({ policy }: { readonly policy: object }) {
  return <pre className="request-policy">{JSON.stringify(policy, null, 2)}</pre>;
}
