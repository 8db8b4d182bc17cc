import { LessonsPane } from '../lessons/lessons.js';
import { lesson, lessonFailure, listWanted, offeredUrl, reviewed } from '../lessons/state.js';
import type { Pane } from '../panes.js';

export const pane: Pane = {
  id: 'lessons',
  title: 'Lessons',
  place: 'side',
  order: 70,
  component: LessonsPane,
  whenAvailable: () =>
    [lesson, reviewed, offeredUrl, lessonFailure].some(({ value }) => value !== undefined) ||
    listWanted.value,
};
