import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { parseTilePath, TILE_WIDTH, tilePath } from '../../core/ledger/tiles.ts';
import type { Place } from './calls.ts';

/**
 * How many entries the bundles have, from the bundle `first` on; 0 if there is none. A bundle is written
 * after the one before it is full, so where one is not full, or none, no later one exists. Keys are in
 * the order of text, in which `x001/999` comes before `x001/x000/000`, its thousandfold: so each call
 * asks for one bundle.
 */
export async function storedSize(place: Place, first: number): Promise<number> {
  const width = await widthOf(place, first);
  if (width === 0) return 0;
  if (width < TILE_WIDTH) return first * TILE_WIDTH + width;
  // The files are ahead by bundles: the table was restored. Doubled steps, then halves.
  let step = 1;
  while (await isFull(place, first + step)) step *= 2;
  let full = first + Math.floor(step / 2);
  let open = first + step;
  while (open - full > 1) {
    const middle = full + Math.floor((open - full) / 2);
    if (await isFull(place, middle)) full = middle;
    else open = middle;
  }
  return open * TILE_WIDTH + (await widthOf(place, open));
}

/** The file of a full bundle is the first of those whose names begin like it. */
async function isFull({ client, bucket }: Place, index: number): Promise<boolean> {
  const Prefix = bundlePath(index);
  const { Contents } = await client.send(
    new ListObjectsV2Command({ Bucket: bucket, Prefix, MaxKeys: 1 }),
  );
  return Contents?.[0]?.Key === Prefix;
}

/** The width of the widest file of this bundle, and 0 where there is none. */
async function widthOf({ client, bucket }: Place, index: number): Promise<number> {
  const Prefix = bundlePath(index);
  let width = 0;
  let ContinuationToken: string | undefined;
  do {
    const page = await client.send(
      new ListObjectsV2Command({ Bucket: bucket, Prefix, ContinuationToken }),
    );
    const widths = (page.Contents ?? []).map(({ Key = '' }) => parseTilePath(Key)?.width ?? 0);
    width = Math.max(width, ...widths);
    ContinuationToken = page.NextContinuationToken;
  } while (ContinuationToken !== undefined && width < TILE_WIDTH);
  return width;
}

function bundlePath(index: number): string {
  return tilePath({ level: 'entries', index, width: TILE_WIDTH });
}
