import { field } from '../request-fields.ts';
import { type Extractor, regional } from './extractor.ts';

/** A name, `123456789012:function:name`, or an ARN, each with a version or alias or without. */
const FUNCTION =
  /^(?:arn:(aws(?:-[a-z]+)*):lambda:([a-z0-9-]+):)?(?:(\d{12}):)?(?:function:)?([A-Za-z0-9_-]{1,140})(?::([A-Za-z0-9_$-]{1,129}))?$/;

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
export const lambdaFunction: Extractor = (request, place) => {
  const match = FUNCTION.exec(field(request, 'functionName', 'functionArn') ?? '');
  if (match === null) return null;
  const [, partition, region, account, name = '', version] = match;
  const qualifier = version ?? field(request, 'qualifier');
  return regional(
    'lambda',
    {
      partition: partition ?? place.partition,
      region: region ?? place.region,
      account: account ?? place.account,
    },
    qualifier === null ? `function:${name}` : `function:${name}:${qualifier}`,
  );
};
