import type { Stack } from 'aws-cdk-lib';
import type { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { CfnRule } from 'aws-cdk-lib/aws-events';
import { CfnEventSourceMapping } from 'aws-cdk-lib/aws-lambda';

/** Of what runs on a schedule, only the sweep: it writes down the quarantine, which then outlives the standby. */
const GOES_ON = 'Sweep/Schedule';

/** Alarms about what is as it should be in a standby. */
const EXPECTED = ['LedgerSilent', 'Quarantine'];

/**
 * Lets nothing act by itself in the second Region, whose table is empty: its ledger would begin a second log in the
 * bucket with the copy of the first. The rights of the Lambdas stay, so that there is nothing to change in IAM later.
 */
export function standBy(stack: Stack): void {
  for (const node of stack.node.findAll()) {
    if (CfnEventSourceMapping.isCfnEventSourceMapping(node)) node.enabled = false;
    if (!CfnRule.isCfnRule(node) || node.scheduleExpression === undefined) continue;
    if (!node.node.path.includes(GOES_ON)) node.state = 'DISABLED';
  }
  for (const name of EXPECTED) {
    const alarm = stack.node.findChild('Alarms').node.findChild(name).node.defaultChild as CfnAlarm;
    alarm.actionsEnabled = false;
  }
}
