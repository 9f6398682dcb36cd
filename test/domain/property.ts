import fc from 'fast-check';
import type { Test } from 'tap';

/** One assertion: the property held for every value that was tried. A failure shows the smallest value and the seed. */
export function holds<T>(
  t: Pick<Test, 'equal'>,
  title: string,
  property: fc.IProperty<T>,
  numRuns = 200,
): void {
  const report = fc.check(property, { numRuns });
  t.equal(report.failed ? fc.defaultReportMessage(report) : '', '', title);
}
