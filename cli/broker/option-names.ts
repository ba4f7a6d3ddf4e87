/** Which option or argument of the command sets a field of a request, by the field's JSON pointer. */
const OPTIONS: Readonly<Record<string, string>> = {
  '/entitlement': 'entitlement',
  '/durationSeconds': '--for',
  '/startsAt': '--at',
  '/justification': '--reason',
  '/reason': '--reason',
  '/comment': '--comment',
  '/ticket': '--ticket',
  '/scope/actions': '--action',
  '/scope/resources': '--resource',
  '/status': '--status',
  '/requester': '--requester',
  '/limit': '--limit',
  '/parameters': '-p',
  '/scope': '--action or --resource',
  '/extension': '--extension',
  '/matchCode': '--code',
  '/reviewable': '--reviewable',
  '/voted': '--voted',
  '/suspended': '--suspended',
  '/days': '--days',
  '/from': '--from',
  '/to': '--to',
  '/until': '--to',
  // The command asks for the pages by itself, and fills in what it exports.
  '/cursor': 'the next page',
  '/size': 'the size of the ledger',
  '/root': 'the root of the ledger',
  '/manifest': 'the hash of the manifest',
  '/principal': 'the principal of the entry',
  '/at': 'the time of the entry',
};

/**
 * Names a field as the user wrote it.
 *
 * @param pointer RFC 6901.
 * @returns the option, such as `--for` or `-p prefix`; the pointer itself if no option sets the field.
 */
export function optionFor(pointer: string): string {
  const parameter = /^\/parameters\/([^/]+)$/.exec(pointer)?.[1];
  if (parameter !== undefined) {
    return `-p ${parameter.replaceAll('~1', '/').replaceAll('~0', '~')}`;
  }
  const field = pointer.replace(/\/\d+$/, '');
  return Object.hasOwn(OPTIONS, field) ? (OPTIONS[field] ?? pointer) : pointer;
}
