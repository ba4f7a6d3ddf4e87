import { readFileSync } from 'node:fs';
import type { Unavailable } from '../../core/failure.ts';
import { err, type Result } from '../../core/result.ts';
import type { Trail } from '../../core/usage/trail.ts';
import type { LogPlace } from '../../core/usage/trail-place.ts';
import { readExportedTrails } from '../../core/usage/trail-settings.ts';
import type { TrailReader } from '../../core/usage/usage-ports.ts';

const UNAVAILABLE: Unavailable = { code: 'unavailable', what: 'cloudtrail' };

/**
 * The trails of a file that somebody exported who may read the settings: `readExportedTrails`.
 *
 * @param place where logs are read; null where it is not known from where they are
 * @param report tells the operator what is wrong with the file
 */
export function trailsOfFile(
  file: string,
  place: LogPlace | null,
  report: (why: string) => void,
): TrailReader {
  return {
    trails: async () => {
      const trails = read(file, place);
      if (trails.ok) return trails;
      report(`${file} ${trails.error}`);
      return err(UNAVAILABLE);
    },
  };
}

function read(file: string, place: LogPlace | null): Result<readonly Trail[], string> {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    return err(error instanceof SyntaxError ? 'is not JSON' : 'cannot be read');
  }
  const trails = readExportedTrails(json, place);
  return trails.ok ? trails : err(`lacks settings of trails: ${trails.error}`);
}
