import { builtInLessons, openBuiltIn, showLessonList } from './state.js';

/** The workshops, under the guests of the gallery. */
export function LessonCards() {
  return (
    <section aria-label="Workshops">
      <h2>Workshops</h2>
      <ul class="cards">
        {builtInLessons.map(({ id, title, minutes, summary }) => (
          <li class="card" key={id}>
            <h3>{title}</h3>
            <p>{summary}</p>
            <p class="figures">
              <span>{minutes} minutes</span>
            </p>
            <div class="actions">
              <button
                type="button"
                aria-label={`Open the workshop ${title}`}
                onClick={() => void openBuiltIn(id)}
              >
                Open
              </button>
            </div>
          </li>
        ))}
      </ul>
      <p>
        <button type="button" onClick={showLessonList}>
          A lesson of somebody else
        </button>
      </p>
    </section>
  );
}
