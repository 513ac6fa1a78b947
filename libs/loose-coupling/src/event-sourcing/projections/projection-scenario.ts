import { frozenCopy } from '../core/frozen-copy.js';
import { toEnvelope, type ScenarioEvent } from '../scenario/scenario-event.js';
import type { PlayedScenario, ScenarioSubject } from '../scenario/scenario-subject.js';
import type { DocumentEditor } from '../subscriptions/document-batch.js';
import { projectionOf } from './projection.decorator.js';
import { ProjectionModel } from './projection-model.js';

/** Plays events to a projection; its state are the documents, by their keys. */
export class ProjectionScenarioSubject implements ScenarioSubject<ScenarioEvent, ScenarioEvent> {
  private readonly model: ProjectionModel;

  constructor(
    instance: object,
    /** Of events that come without one. */
    private readonly stream: string,
  ) {
    this.model = ProjectionModel.of(instance);
  }

  get name(): string {
    return this.model.target.name;
  }

  async play(given: readonly ScenarioEvent[], when: ScenarioEvent): Promise<PlayedScenario> {
    const documents = new Map<string, unknown>();
    const signal = new AbortController().signal;
    const take = async (event: ScenarioEvent, index: number) => {
      const envelope = toEnvelope(event, this.stream, index + 1, Date.UTC(2026, 0, 1));
      await this.model.handle(envelope, { attempt: 1, signal, documents: editorOf(documents) });
    };
    for (const [index, event] of given.entries()) await take(event, index);
    try {
      await take(when, given.length);
    } catch (error) {
      return { events: [], messages: [], state: undefined, failure: { error } };
    }
    return { events: [], messages: [], state: Object.fromEntries(documents) };
  }
}

function editorOf(documents: Map<string, unknown>): DocumentEditor {
  const put = (key: string, value: unknown) => {
    if (value === undefined) documents.delete(key);
    else documents.set(key, frozenCopy(value, `document "${key}"`));
  };
  return {
    put,
    update: (key, edit) => put(key, edit(documents.get(key))),
    delete: (key) => void documents.delete(key),
    get: async (key) => documents.get(key),
  };
}

/** Whether `given` is asked about a projection; a class that injects nothing stands for an instance of it. */
export function projectionScenarioOf(subject: object, stream: string): ProjectionScenarioSubject | undefined {
  const isClass = typeof subject === 'function';
  const owner = (isClass ? subject : subject.constructor) as { readonly name: string };
  if (!projectionOf(owner)) return undefined;
  return new ProjectionScenarioSubject(isClass ? new (subject as new () => object)() : subject, stream);
}
