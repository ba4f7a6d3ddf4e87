import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';

// A client without any knowledge of Valet Key: reads an object a number of times, at most until the first
// refusal, and prints each result with the access key that it used.
const [bucket, key, times = '1', pauseMs = '0'] = process.argv.slice(2);
const s3 = new S3Client({ forcePathStyle: true, maxAttempts: 1 });
for (let time = 1; time <= Number(times); time += 1) {
  // With a pause, calls are in the middle of a second, because credentials expire at its beginning.
  const pause = pauseMs === '0' ? 0 : pauseMs - ((Date.now() + pauseMs / 2) % pauseMs);
  await new Promise((resolve) => setTimeout(resolve, pause));
  const result = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key })).then(
    async ({ Body }) => {
      await Body.transformToString();
      return 'allowed';
    },
    (error) => error.name,
  );
  const { accessKeyId } = await s3.config.credentials();
  console.log(`${result} with ${accessKeyId}`);
  if (result !== 'allowed') break;
}
