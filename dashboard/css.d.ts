/** Imported for its effect: lib/page-files.ts gathers all into one sheet. */
declare module '*.css';
