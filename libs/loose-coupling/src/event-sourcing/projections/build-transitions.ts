import { isSameBuild, type BuildState, type ProjectionBuild } from './projection-builds.js';

const without = <Key extends keyof BuildState>(state: BuildState, key: Key): Omit<BuildState, Key> => {
  const { [key]: _, ...rest } = state;
  return rest;
};

const dropped = (state: BuildState, build: ProjectionBuild | undefined, now: number): BuildState['dropping'] =>
  build ? [...state.dropping, { ...build, since: now }] : state.dropping;

/** Begins a build of a version, in place of one that is being built. */
export function begun(state: BuildState, version: number, now: number): BuildState {
  const building = { version, run: state.runs };
  const cancelled = state.cancelled.filter((one) => one !== version);
  return { ...state, runs: state.runs + 1, building, cancelled, dropping: dropped(state, state.building, now) };
}

/** What a process with this version finds at its start: it builds what is new, and leaves alone what is newer. */
export function adopted(state: BuildState, version: number, now: number): BuildState {
  if (!state.live) {
    return { ...state, runs: state.runs + 1, live: { version, run: state.runs } };
  }
  if (state.live.version >= version || (state.building?.version ?? 0) >= version) return state;
  return state.cancelled.includes(version) ? state : begun(state, version, now);
}

/** The build that was made takes over. Unchanged when it was cancelled meanwhile. */
export function switched(state: BuildState, build: ProjectionBuild, now: number): BuildState {
  if (!isSameBuild(state.building, build)) return state;
  return { ...without(state, 'building'), live: build, dropping: dropped(state, state.live, now) };
}

export function cancelled(state: BuildState, now: number): BuildState {
  const { building } = state;
  if (!building) return state;
  const versions = new Set(state.cancelled).add(building.version);
  return { ...without(state, 'building'), cancelled: [...versions], dropping: dropped(state, building, now) };
}

export const gone = (state: BuildState, build: ProjectionBuild): BuildState => ({
  ...state,
  dropping: state.dropping.filter((one) => !isSameBuild(one, build)),
});
