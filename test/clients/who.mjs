/** Asks AWS who it is, with whatever the AWS SDK for JavaScript finds. */
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';

await new STSClient().send(new GetCallerIdentityCommand());
