import { useRef } from 'preact/hooks';
import { FailureView } from '../failure-view.js';
import { FullScreenFailure, useFullScreen } from '../full-screen.js';
import { LessonList } from './list.jsx';
import { LessonView } from './lesson-view.jsx';
import { OfferedUrl, ReviewLesson } from './review.jsx';
import { teacherView } from './progress.js';
import { lesson, lessonFailure, offeredUrl, reviewed } from './state.js';
import './lessons.css';

/** The list of lessons, one that is open, or one from elsewhere before anybody agreed to it. */
export function LessonsPane() {
  const open = lesson.value;
  const host = useRef<HTMLElement>(null);
  const screen = useFullScreen(host, 'the lesson');
  return (
    <section
      class={teacherView.value ? 'lessons teacher' : 'lessons'}
      aria-label="Lessons"
      tabIndex={0}
      ref={host}
      onKeyDown={(event) => void screen.onKey(event)}
    >
      <FullScreenFailure screen={screen} />
      {lessonFailure.value !== undefined && <FailureView failure={lessonFailure.value} />}
      {reviewed.value !== undefined ? (
        <ReviewLesson {...reviewed.value} />
      ) : offeredUrl.value !== undefined ? (
        <OfferedUrl url={offeredUrl.value} />
      ) : open !== undefined ? (
        <LessonView lesson={open} screen={screen} />
      ) : (
        <LessonList />
      )}
    </section>
  );
}
