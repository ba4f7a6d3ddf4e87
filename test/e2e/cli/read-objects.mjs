import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';

// A program that knows nothing of Valet Key: reads objects as often as it is told, and says how it went.
const [bucket, key, times = '1', pauseMs = '0'] = process.argv.slice(2);
const s3 = new S3Client({ forcePathStyle: true, maxAttempts: 1 });
for (let time = 1; time <= Number(times); time += 1) {
  // In the middle of a second, if it pauses for one: keys end at its beginning.
  const pause = pauseMs === '0' ? 0 : pauseMs - ((Date.now() + pauseMs / 2) % pauseMs);
  await new Promise((resolve) => setTimeout(resolve, pause));
  const said = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key })).then(
    async ({ Body }) => {
      await Body.transformToString();
      return 'allowed';
    },
    (error) => error.name,
  );
  const { accessKeyId } = await s3.config.credentials();
  console.log(`${said} with ${accessKeyId}`);
}
