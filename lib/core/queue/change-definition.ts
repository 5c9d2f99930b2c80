import type { Deps } from '../deps.ts';
import { CallerError } from '../errors.ts';
import type { Definition } from '../ports/queue-table.ts';
import { bounds } from '../timing.ts';
import { notFound } from './names.ts';
import { rememberView } from './view.ts';

export type DefinitionChange = Partial<Pick<Definition, 'settings' | 'notes' | 'shards' | 'sources' | 'subscription' | 'isPushed' | 'redrivenAtMs' | 'state' | 'changedAtMs'>>;

/**
 * Replace a definition on the condition that nobody else did since it was read, and again with the
 * fresh one when somebody had. `change` answers undefined when there is nothing (left) to do.
 * @throws CallerError `queueNotFound`; `queueIsChanging` when others kept getting in first
 */
export async function changeDefinition(
  deps: Deps, incarnation: string,
  change: (definition: Definition) => DefinitionChange | undefined | Promise<DefinitionChange | undefined>,
): Promise<Definition> {
  for (let tries = 0; tries < bounds.conditionalTries; tries += 1) {
    const startedAtMs = deps.system.now();
    const view = await deps.queues.readView(incarnation, { consistent: true });
    if (!view || view.definition.state !== 'active') throw notFound(view?.definition.name ?? incarnation);
    const wanted = await change(view.definition);
    if (!wanted) {
      rememberView(deps, incarnation, view, startedAtMs);
      return view.definition;
    }
    const next: Definition = { ...view.definition, ...wanted, version: view.definition.version + 1, writeId: deps.system.newId() };
    const put = await deps.queues.replaceDefinition(next);
    if (put.kind === 'landed') {
      rememberView(deps, incarnation, { ...view, definition: next }, startedAtMs);
      return next;
    }
    await deps.system.sleep(10 * (tries + 1) * deps.system.random());
  }
  throw new CallerError('queueIsChanging', 'others change this queue at the same time; try again');
}
