import { describe, expect, it } from 'vitest';
import { matching } from './match-commands.js';

const from = [
  'Show the pane Log',
  'Pause',
  'Show the pane Machine',
  'Reset the layout of the panes',
].map((title) => ({ title }));

describe('the command palette’s search', () => {
  it('takes words in any order and any case', () => {
    expect(matching('log PANE', from).map(({ title }) => title)).toEqual(['Show the pane Log']);
    expect(matching('', from)).toHaveLength(4);
    expect(matching('nothing', from)).toEqual([]);
  });

  it('lists what begins with the query first', () => {
    expect(matching('pa', from)[0]?.title).toBe('Pause');
  });
});
