import type { ClassConstructor } from 'class-transformer';
import type { ValidationError, ValidatorOptions } from 'class-validator';

/** What is used of class-transformer and class-validator. */
export interface ClassValidatorPackages {
  plainToInstance(target: ClassConstructor<object>, plain: object): object;
  validate(instance: object, options: ValidatorOptions): Promise<ValidationError[]>;
}

/**
 * Both packages are optional peers, so they load on first use. This file is CommonJS in both builds: a dynamic
 * import would fail under Jest, which runs without VM modules unless told to.
 */
export function loadClassValidator(onMissing: (packageName: string, cause: unknown) => Error): ClassValidatorPackages {
  const load = <Package,>(packageName: string, loader: () => Package): Package => {
    try {
      return loader();
    } catch (error) {
      throw onMissing(packageName, error);
    }
  };
  const transformer: Pick<ClassValidatorPackages, 'plainToInstance'> = load('class-transformer', () =>
    require('class-transformer'),
  );
  const validator: Pick<ClassValidatorPackages, 'validate'> = load('class-validator', () => require('class-validator'));
  return { plainToInstance: transformer.plainToInstance, validate: validator.validate };
}
