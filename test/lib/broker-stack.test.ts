import { beforeAll, describe } from '@jest/globals';
import type { Template } from 'aws-cdk-lib/assertions';
import { brokerTemplates } from '../support/broker-template.ts';
import { apiTests } from './broker-stack/api.ts';
import { ledgerTests } from './broker-stack/ledger.ts';
import { operationTests } from './broker-stack/operation.ts';
import { permissionTests } from './broker-stack/permissions.ts';
import { streamTests } from './broker-stack/stream.ts';
import { tableTests } from './broker-stack/table.ts';
import { workflowTests } from './broker-stack/workflow.ts';

/** One synthesis for all these tests; each part of the stack has its tests in `broker-stack/`. */

let template: Template;
let state: Template;
beforeAll(async () => {
  ({ broker: template, state } = await brokerTemplates());
}, 180_000);

describe('permissions', () =>
  permissionTests(
    () => template,
    () => state,
  ));
describe('the table', () => tableTests(() => state));
describe('the stream', () => streamTests(() => template));
describe('the API', () => apiTests(() => template));
describe('the workflow', () => workflowTests(() => template));
describe('the ledger', () =>
  ledgerTests(
    () => template,
    () => state,
  ));
describe('operation', () =>
  operationTests(
    () => template,
    () => state,
  ));
