import { withWorld } from './engine-world.ts';
import { type Load, noLoad } from './load.ts';
import { measureCosts } from './measure.ts';
import { costOptions, type CostOptions, costUsage } from './options.ts';
import { measurePoller } from './poller.ts';
import { type CostReport, costReport, costTable, differing, type Ratio, ratios, ratioTable } from './report.ts';

const progress = (text: string): void => void process.stderr.write(`${text}\n`);

async function main(options: CostOptions): Promise<boolean> {
  const report = await measured(options, options.load);
  const compared = options.compare ? ratios(await measured(options, noLoad), report) : [];
  process.stdout.write(options.json ? jsonOf(report, compared) : textOf(report, compared));
  return report.excesses.length === 0 && differing(compared).length === 0;
}

const measured = ({ engine }: CostOptions, load: Load): Promise<CostReport> => withWorld(engine, async (world) => costReport({
  figures: await measureCosts(world, { load, scale: 1, progress }),
  pollerAtRest: await measurePoller(world),
  engine, load,
}));

const jsonOf = (report: CostReport, compared: readonly Ratio[]): string =>
  `${JSON.stringify(compared.length > 0 ? { ...report, ratios: compared } : report, null, 2)}\n`;

const textOf = (report: CostReport, compared: readonly Ratio[]): string =>
  `${[costTable(report), ...(compared.length > 0 ? [ratioTable(compared)] : [])].join('\n\n')}\n`;

try {
  const options = costOptions(process.argv.slice(2));
  const isMet = await main(options);
  if (options.check && !isMet) process.exitCode = 1;
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.stack ?? error.message : String(error)}\n\n${costUsage}\n`);
  process.exitCode = 1;
}
