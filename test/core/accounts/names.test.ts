import { expect, test } from '@jest/globals';
import {
  boundaryArn,
  killLambdaRoleArn,
  killRoleArn,
  vendRoleArn,
} from '../../../core/accounts/names.ts';

const HERE = { partition: 'aws-cn', account: '111111111111' };

test('names that accounts agree on come from the name of the broker’s stack', () => {
  expect(
    [vendRoleArn, killLambdaRoleArn, killRoleArn, boundaryArn].map((of) => of(HERE, 'Keys')),
  ).toEqual([
    'arn:aws-cn:iam::111111111111:role/Keys-vend',
    'arn:aws-cn:iam::111111111111:role/Keys-kill',
    'arn:aws-cn:iam::111111111111:role/valetkey/Keys-kill',
    'arn:aws-cn:iam::111111111111:policy/valetkey/Keys-boundary',
  ]);
});
