/**
 * Imported for its effect: apps of this process leave out the CDK's own validation of templates, which
 * takes seconds to load and changes nothing. test/lib/app.test.ts and config.test.ts run it.
 */
process.env['CDK_VALIDATION'] = 'false';
