/** Injection token of the options as they were given to `forRoot` or `forRootAsync`. */
export const LOOSE_COUPLING_OPTIONS = Symbol.for('nestjs-loose-coupling:options');
