import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { mistakeInVariables, variablesIn } from '../../../core/session-policy/policy-variables.ts';

describe('a text', () => {
  test.each([
    'plain $ text { }',
    '${aws:username}',
    '${AWS:UserName}',
    '${aws:PrincipalTag/cost-center}',
    "${aws:PrincipalTag/team, 'company wide'}",
    "${aws:userid,'anonymous'}",
    '${*}/${?}/${$}',
    '${www.amazon.com:user_id}',
    '${cognito-identity.amazonaws.com:sub}',
    '${s3:prefix}-${aws:SourceVpc}',
    '$aws:username',
    '${$}{not a variable}',
  ])('may have policy variables of IAM: %s', (text) => {
    expect(mistakeInVariables(text)).toBeNull();
  });

  test.each([
    ['arn:aws:s3:::${AWS::AccountId}', '${AWS::AccountId}', 'write {{account}}'],
    ['${AWS::Region}', '${AWS::Region}', 'write {{region}}'],
    ['${AWS::Partition}', '${AWS::Partition}', 'write {{partition}}'],
    ['${AWS::StackName}', '${AWS::StackName}', 'declare a parameter'],
    ['${!aws:username}', '${!aws:username}', 'write it without the !'],
    ['${Bucket}', '${Bucket}', 'declare a parameter'],
    ['${Bucket.Arn}', '${Bucket.Arn}', 'declare a parameter'],
    ['${var.bucket}', '${var.bucket}', 'declare a parameter'],
    ['${local.name}-x', '${local.name}', 'declare a parameter'],
    ['${data.aws_caller_identity.me.account_id}', '${data.aws_caller', 'write {{account}}'],
    ['${data.aws_region.now.name}', '${data.aws_region', 'write {{region}}'],
    ['${data.aws_partition.now.partition}', '${data.aws_partition', 'write {{partition}}'],
    ['${aws:accountId}', '${aws:accountId}', 'write {{account}}'],
    ['${self:custom.stage}', '${self:custom.stage}', 'declare a parameter'],
    ['${opt:stage, "dev"}', '${opt:stage, "dev"}', 'declare a parameter'],
    ['${Token[AWS.AccountId.4]}', '${Token[AWS.AccountId.4]}', 'declare a parameter'],
    ['${my aws:userid}', '${my aws:userid}', 'declare a parameter'],
    ['${}', '${}', 'write the name of a key'],
    ['${ aws:username }', '${ aws:username }', 'without blanks'],
    ['${aws:PrincipalTag/cost center}', '${aws:PrincipalTag/cost center}', 'without blanks'],
    ["${aws:userid, 'x}", "${aws:userid, 'x}", 'a default like this'],
    ['${aws:userid, x}', '${aws:userid, x}', 'a default like this'],
    ['${aws:userid,x}', '${aws:userid,x}', 'a default like this'],
    ['${aws:partition}', '${aws:partition}', 'write {{partition}}'],
    ['a${aws:username', "has '${aws:username'", 'not closed'],
    ['${aws:username}${', '${', 'not closed'],
    ['$${aws:username}', '$${', 'Terraform'],
  ])('may not have those of another tool, or broken ones: %s', (text, named, says) => {
    const mistake = mistakeInVariables(text) ?? '';
    expect(mistake).toContain(named);
    expect(mistake).toContain(says);
  });

  test('is free of mistakes only if every ${ begins a variable', () => {
    const piece = fc.constantFrom('${', '}', 'aws:', 'x', '*', ',', " 'd'", '$', '{', '/', ' ');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 10 }), (pieces) => {
        const text = pieces.join('');
        if (mistakeInVariables(text) !== null) return;
        expect(text.split('${')).toHaveLength(variablesIn(text).length + 1);
      }),
    );
  });
});
