import type { showApp } from './app.tsx';
import { begin, leave } from './sign-in/session.ts';

/** The first script: it signs in, and then loads the rest of the page. */

type App = { readonly showApp: typeof showApp };

const page = document.getElementById('page') as HTMLElement;

// Whoever comes back from the provider will see the page: it is loaded while the token is asked for.
const parts = location.search === '' ? null : loadParts();
parts?.catch(() => undefined);

void begin().then(
  async (begun) => {
    if (begun.kind === 'signed-in') await loadApp();
    if (begun.kind === 'signed-out') showSignIn(begun.why);
  },
  (error: unknown) => showSignIn(inWords(error)),
);

async function loadApp(): Promise<void> {
  try {
    const app = await (parts ?? loadParts());
    app.showApp(page);
  } catch {
    show('Valet Key', 'The page could not be loaded. Check your connection.', {
      label: 'Load again',
      act: async () => location.reload(),
    });
  }
}

async function loadParts(): Promise<App> {
  const styles = document.getElementById('app-styles') as HTMLLinkElement;
  const styled = new Promise((resolve, reject) => {
    styles.onload = resolve;
    styles.onerror = reject;
  });
  styles.rel = 'stylesheet';
  const [app] = await Promise.all([import('./app.tsx'), styled]);
  return app;
}

function showSignIn(why: string | null): void {
  show('Valet Key', why ?? 'Narrow, short access to AWS, which ends when you are done.', {
    label: 'Sign in',
    act: () => leave({ silent: false }),
  });
}

type Action = { readonly label: string; readonly act: () => Promise<void> };

/** Before the components are loaded: a heading, a sentence and a button. */
function show(title: string, text: string, { label, act }: Action): void {
  const heading = Object.assign(document.createElement('h1'), { textContent: title });
  const sentence = Object.assign(document.createElement('p'), { textContent: text });
  sentence.setAttribute('role', 'status');
  const button = Object.assign(document.createElement('button'), { textContent: label });
  button.addEventListener('click', () => {
    button.disabled = true;
    act().catch((error: unknown) => {
      button.disabled = false;
      sentence.textContent = inWords(error);
    });
  });
  const main = Object.assign(document.createElement('main'), { className: 'sign-in' });
  main.append(heading, sentence, button);
  page.replaceChildren(main);
}

function inWords(error: unknown): string {
  if (error instanceof TypeError) {
    return 'The identity provider or the broker cannot be reached. Check your connection, and try again.';
  }
  return error instanceof Error ? error.message : 'The sign-in failed. Try again.';
}
