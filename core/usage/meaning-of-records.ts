import { expandAction } from './actions.ts';
import { actionsOf, unprovenActionsOf } from './actions-of.ts';
import { checkedBeside } from './checked-beside.ts';
import type { Meaning } from './meaning.ts';
import { grantOf } from './read-record.ts';
import { recordingOf } from './recording-of.ts';
import { rememberBeside } from './remember-beside.ts';
import { resourceOf } from './resource-of.ts';
import { servicesOf } from './services/of-source.ts';

/** What records mean, by the reviewed data of the services. */
export const MEANING: Meaning = {
  ...{ grantOf, actionsOf, resourceOf, servicesOf, recordingOf, expandAction },
  ...{ checkedBeside: rememberBeside(checkedBeside), unprovenActionsOf },
};
