// Made by `npm run reference` from ci/github/*.ts. Do not edit.

// ci/github/main.ts
import { setTimeout as sleep2 } from "node:timers/promises";

// cli/ci/hand-over.ts
import { randomUUID } from "node:crypto";
import { appendFileSync } from "node:fs";
function githubMasks(secrets) {
  return secrets.map((secret) => `::add-mask::${secret}
`).join("");
}
function githubVariables(file2, variables) {
  const delimiter = `valetkey-${randomUUID()}`;
  const lines = Object.entries(variables).map(
    ([name, value]) => `${name}<<${delimiter}
${value}
${delimiter}
`
  );
  appendFileSync(file2, lines.join(""));
}

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

// cli/ci/system.ts
function ciSystem(env) {
  if (env["GITHUB_ACTIONS"] === "true") return "github";
  if (env["GITLAB_CI"] === "true") return "gitlab";
  if (env["BUILDKITE"] === "true") return "buildkite";
  if (env["CIRCLECI"] === "true") return "circleci";
  return "other";
}
function jobName(env) {
  const parts = {
    github: [
      env["GITHUB_REPOSITORY"],
      env["GITHUB_RUN_ID"],
      env["GITHUB_RUN_ATTEMPT"],
      env["GITHUB_JOB"]
    ],
    gitlab: [env["CI_PROJECT_PATH"], env["CI_JOB_ID"]],
    buildkite: [env["BUILDKITE_PIPELINE_SLUG"], env["BUILDKITE_JOB_ID"]],
    circleci: [env["CIRCLE_PROJECT_REPONAME"], env["CIRCLE_WORKFLOW_JOB_ID"]],
    other: ["job"]
  };
  const known = parts[ciSystem(env)].filter((part) => part !== void 0 && part !== "");
  return `${ciSystem(env)} ${known.join(" ")}`;
}
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

// ci/github/broker.ts
import { randomUUID as randomUUID2 } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

// cli/ci/github-token.ts
async function githubToken(audience, env) {
  const url = env["ACTIONS_ID_TOKEN_REQUEST_URL"];
  const bearer = env["ACTIONS_ID_TOKEN_REQUEST_TOKEN"];
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
async function call(broker, method, path, body, idempotencyKey = randomUUID2()) {
  const { env } = process;
  const token = env["VALETKEY_TOKEN"] || await githubToken(broker.audience, env);
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

// ci/github/main.ts
var POLL_MS = 5e3;
try {
  await main();
} catch (error) {
  const text = error instanceof Error ? error.message : "unknown error";
  process.stdout.write(`::error title=Valet Key::${oneLine(text)}
`);
  process.exitCode = 1;
}
async function main() {
  const broker = { url: brokerUrl(input("url")), audience: input("audience") || "valetkey" };
  const body = requestBody();
  const answer = await call(broker, "POST", "/v1/credentials", body);
  remember(answer.grant.id);
  const { grant, credentials } = answer.credentials === void 0 ? await waitAndVend(answer.grant) : answer;
  if (credentials === void 0) {
    throw new Error(`The broker sent no keys: ${grant.id} is ${grant.status}.`);
  }
  const { accessKeyId, secretAccessKey, sessionToken, expiration } = credentials;
  for (const value of [accessKeyId, secretAccessKey, sessionToken]) refuseUnlessCredential(value);
  process.stdout.write(githubMasks([accessKeyId, secretAccessKey, sessionToken]));
  githubVariables(file("GITHUB_ENV"), {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
    ...input("region") !== "" && {
      AWS_REGION: input("region"),
      AWS_DEFAULT_REGION: input("region")
    }
  });
  githubVariables(file("GITHUB_OUTPUT"), { grant: grant.id, expiration });
  process.stdout.write(`${oneLine(`${grant.id}: keys until ${expiration}`)}
`);
  async function waitAndVend(first) {
    process.stdout.write(`${oneLine(`${first.id} is waiting for approval`)}
`);
    for (let grant2 = first; ; ) {
      if (grant2.status === "active") {
        return await call(broker, "POST", `/v1/grants/${grant2.id}/credentials`, {});
      }
      if (grant2.status !== "pending" && grant2.status !== "scheduled") {
        throw new Error(`${grant2.id} is ${grant2.status}: ${grant2.endReason ?? ""}`);
      }
      await sleep2(POLL_MS);
      grant2 = await call(broker, "GET", `/v1/grants/${first.id}`);
    }
  }
}
function requestBody() {
  const lines = input("parameters").split("\n").filter((line) => line.trim() !== "");
  const parameters = lines.map((line) => {
    const at = line.indexOf("=");
    if (at < 1) throw new Error("The input `parameters` must have one name=value per line.");
    return [line.slice(0, at).trim(), line.slice(at + 1).trim()];
  });
  const ticket = input("ticket");
  return {
    entitlement: input("entitlement"),
    parameters: Object.fromEntries(parameters),
    durationSeconds: durationSeconds(),
    justification: input("reason") || jobName(process.env),
    ...ticket !== "" && { ticket }
  };
}
function durationSeconds() {
  const text = input("duration-seconds") || "1800";
  if (/^\d{1,7}$/.test(text)) return Number(text);
  throw new Error("The input `duration-seconds` must be a whole number.");
}
function refuseUnlessCredential(value) {
  if (typeof value === "string" && /^[\w+/=.:-]{8,8192}$/.test(value)) return;
  throw new Error("The broker sent invalid keys.");
}
function input(name) {
  return (process.env[`INPUT_${name.replaceAll(" ", "_").toUpperCase()}`] ?? "").trim();
}
function remember(grantId) {
  if (!/^gr_[a-z0-9]{4,40}$/.test(grantId)) throw new Error("The broker sent an invalid grant id.");
  githubVariables(file("GITHUB_STATE"), { grant: grantId });
}
function file(name) {
  const path = process.env[name];
  if (!path) throw new Error(`${name} is not set: the action must run in a step of a job.`);
  return path;
}
