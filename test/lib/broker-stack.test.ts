import { beforeAll, describe } from '@jest/globals';
import type { Template } from 'aws-cdk-lib/assertions';
import { brokerTemplate } from '../support/broker-template.ts';
import { permissionTests } from './permissions.ts';
import { resourceTests } from './resources.ts';
import { workflowDeploymentTests } from './workflow-deployment.ts';

/** One synthesis, looked at from three sides. */

let template: Template;
beforeAll(async () => {
  template = await brokerTemplate();
}, 180_000);

describe('permissions', () => permissionTests(() => template));
describe('resources', () => resourceTests(() => template));
describe('the workflow', () => workflowDeploymentTests(() => template));
