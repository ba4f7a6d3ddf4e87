// Made by `npm run reference` from ci/github/*.ts. Do not edit.

// ci/github/broker.ts
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

// cli/failure.ts
var EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  signIn: 3,
  denied: 4,
  unreachable: 5,
  notYet: 6,
  cannotRun: 126,
  notFound: 127,
  interrupted: 130
};
var Failure = class extends Error {
  name = "Failure";
  exitCode;
  hint;
  constructor(exit, message, hint = null) {
    super(message);
    this.exitCode = EXIT[exit];
    this.hint = hint;
  }
};
function codeOf(error) {
  return typeof error === "object" && error !== null && "code" in error ? String(error.code) : "";
}

// cli/ci/github-token.ts
async function githubToken(audience, env2) {
  const url = env2["ACTIONS_ID_TOKEN_REQUEST_URL"];
  const bearer = env2["ACTIONS_ID_TOKEN_REQUEST_TOKEN"];
  if (!url || !bearer) return null;
  const answer = await fetch(`${url}&audience=${encodeURIComponent(audience)}`, {
    headers: { authorization: `Bearer ${bearer}`, accept: "application/json" },
    signal: AbortSignal.timeout(2e4)
  }).catch((error) => {
    throw new Failure(
      "unreachable",
      `GitHub's token service does not answer (${codeOf(error) || "fetch failed"}).`
    );
  });
  const body = await answer.json().catch(() => null);
  if (answer.ok && typeof body?.value === "string") return body.value;
  throw new Failure("unreachable", `GitHub's token service answered ${answer.status}.`);
}

// cli/ci/system.ts
function noToken(system, audience) {
  const hints = {
    github: "Give the job `permissions: { id-token: write }`.",
    gitlab: `Give the job \`id_tokens: { VALETKEY_TOKEN: { aud: ${audience} } }\`.`,
    buildkite: "Check that buildkite-agent 3.44 or newer is on the PATH of the job.",
    circleci: "Check that the circleci command is on the PATH of the job, and that the organisation may use OIDC.",
    other: "Set VALETKEY_TOKEN to the OIDC token of the job, or name its file with --token-file."
  };
  return new Failure("signIn", "This job has no OIDC token.", hints[system]);
}

// core/text.ts
var CODES = "\\p{Cc}\\p{Cs}";
var LAYOUT = "\\p{Zl}\\p{Zp}\\u202a-\\u202e\\u2066-\\u2069";
var CONTROL = new RegExp(`[${CODES}${LAYOUT}]`, "gu");
var CODE = new RegExp(`[${CODES}]`, "u");
var NO_CONTROL_CHARACTERS = new RegExp(`^[^${CODES}${LAYOUT}]*$`, "u");
var VISIBLE = new RegExp("[[\\p{L}\\p{N}\\p{P}\\p{S}]--[\\p{Default_Ignorable_Code_Point}\\u{2800}\\u{1d159}]]", "v");
function replaceControlCharacters(text, replacement) {
  return text.replaceAll(CONTROL, replacement);
}
function withoutControlCharacters(text, replacement = "") {
  return replaceControlCharacters(text, () => replacement);
}

// cli/terminal.ts
function plain(text) {
  return withoutControlCharacters(text, " ");
}

// ci/github/broker.ts
async function call(broker, method, path, body, idempotencyKey = randomUUID()) {
  const { env: env2 } = process;
  const token = env2["VALETKEY_TOKEN"] || await githubToken(broker.audience, env2);
  if (!token) throw noToken("github", broker.audience);
  const send = () => fetch(`${broker.url}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...body !== void 0 && { "content-type": "application/json" },
      ...body !== void 0 && { "idempotency-key": idempotencyKey }
    },
    ...body !== void 0 && { body: JSON.stringify(body) },
    redirect: "error",
    signal: AbortSignal.timeout(3e4)
  });
  let answer = await send();
  for (let retry = 0; retry < 3 && mayHelpLater(answer); retry += 1) {
    await sleep(1e3 * Math.min(10, Number(answer.headers.get("retry-after")) || 1));
    answer = await send();
  }
  const json = await answer.json().catch(() => null);
  if (answer.ok) return json;
  const { detail, status } = json ?? {};
  const text = typeof detail === "string" ? detail : "The call failed without an explanation.";
  throw new BrokerError(Number(status ?? answer.status), oneLine(text));
}
function mayHelpLater({ status, headers }) {
  const isProblem = headers.get("content-type")?.startsWith("application/problem+json") === true;
  const isFinal = isProblem && !headers.has("retry-after");
  return [429, 502, 503, 504].includes(status) && !isFinal;
}
var BrokerError = class extends Error {
  name = "BrokerError";
  status;
  constructor(status, detail) {
    super(`${detail} (the broker answered ${status})`);
    this.status = status;
  }
};
function brokerUrl(text) {
  const url = URL.canParse(text) ? new URL(text) : null;
  const loopback = url?.protocol === "http:" && ["127.0.0.1", "localhost"].includes(url.hostname);
  if (url === null || url.protocol !== "https:" && !loopback) {
    throw new Error("The input `url` must be the https URL of the broker.");
  }
  return url.href.replace(/\/+$/, "");
}
function oneLine(text) {
  return plain(text).replaceAll("::", ": :");
}

// ci/github/post.ts
var { env } = process;
var grant = env["STATE_grant"] ?? "";
if (grant !== "") {
  try {
    const broker = {
      url: brokerUrl((env["INPUT_URL"] ?? "").trim()),
      audience: (env["INPUT_AUDIENCE"] ?? "").trim() || "valetkey"
    };
    const reason = "the job ended";
    const ended = await call(broker, "POST", `/v1/grants/${grant}/revoke`, { reason });
    process.stdout.write(`${oneLine(`${grant} is ${ended.status}`)}
`);
  } catch (error) {
    if (!(error instanceof BrokerError && error.status === 409)) {
      const text = error instanceof Error ? error.message : "unknown error";
      process.stdout.write(
        `::warning title=Valet Key::${oneLine(`could not end ${grant}: ${text}`)}
`
      );
    }
  }
}
