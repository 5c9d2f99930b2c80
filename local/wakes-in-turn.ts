/**
 * One wake at a time for each topic: what is published while one is under way is told of by one more after it, however
 * much that is.
 */
export function wakesInTurn(wake: (topic: string) => Promise<void>, report: (fault: unknown) => void): (topic: string) => void {
  const underWay = new Map<string, { isAsked: boolean }>();

  const run = async (topic: string, state: { isAsked: boolean }): Promise<void> => {
    while (state.isAsked) {
      state.isAsked = false;
      await wake(topic).catch(report);
    }
    // In the same step as the last look at whether more was asked for.
    underWay.delete(topic);
  };
  return (topic) => {
    const found = underWay.get(topic);
    if (found) {
      found.isAsked = true;
      return;
    }
    const state = { isAsked: true };
    underWay.set(topic, state);
    void run(topic, state);
  };
}
