import { nextStep } from '../lifecycle/next-step.ts';
import { ok } from '../result.ts';
import { eachOpen } from './each-open.ts';
import type { Portion } from './portion.ts';
import { waiting } from './stopped.ts';

/**
 * Starts a workflow for each grant on which something is left to do. The one that it had may be gone, and Step
 * Functions takes no name twice within 90 days, so the table's id is in it. Two workflows of a grant do no harm.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
 */
export const startWorkflows: Portion = (ports, recovery) =>
  eachOpen(ports, recovery, async (grant, latest) => {
    const name = `${grant.id}-r${recovery.tableId.replaceAll(/[^0-9A-Za-z]/g, '').slice(0, 12)}`;
    try {
      await ports.startWorkflow(nextStep(grant, ports.clock(), true), name);
    } catch (error) {
      const why = error instanceof Error ? error.name : 'unknown';
      return waiting(`the workflow of ${grant.id} does not start: ${why}`);
    }
    const { report } = latest;
    return ok({ ...latest, report: { ...report, workflows: report.workflows + 1 } });
  });
