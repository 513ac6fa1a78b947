/** The library's folders and what each may import; everything else is an error. See docs/architecture.md. */
const SRC = '^libs/loose-coupling/src/';
/** A second entry of its folder: all that works without @nestjs/cqrs. */
const EVENT_SOURCING_RUNTIME = `${SRC}event-sourcing/runtime\\.ts$`;
/** The contract of event stores: what only tests load. */
const EVENT_STORE_CONTRACT = `${SRC}event-sourcing/testing/index\\.ts$`;

const allowed = {
  kernel: [],
  sqlite: ['kernel'],
  resilience: ['kernel', 'sqlite'],
  messaging: ['kernel', 'resilience', 'sqlite'],
  'event-sourcing': ['kernel', 'messaging', 'sqlite'],
  services: ['kernel', 'resilience', 'messaging'],
  workflow: ['kernel', 'services', 'event-sourcing', 'messaging', 'resilience'],
  aws: ['kernel', 'resilience', 'messaging', 'event-sourcing', 'services', 'workflow', 'provisioning'],
  microservices: ['kernel', 'messaging', 'observability'],
  provisioning: ['kernel', 'messaging'],
  cli: ['kernel', 'sqlite', 'provisioning', 'aws', 'messaging'],
  health: ['kernel', 'resilience', 'messaging', 'event-sourcing', 'services'],
  observability: ['kernel', 'resilience', 'messaging', 'event-sourcing', 'services'],
  // The testing module wraps the real one.
  testing: ['kernel', 'resilience', 'messaging', 'event-sourcing', 'services', 'workflow', 'loose-coupling'],
};

const folderRules = Object.entries(allowed).map(([folder, targets]) => ({
  name: `${folder}-imports`,
  comment: `${folder}/ may import only ${targets.length ? targets.join(', ') : 'nothing'} of ours`,
  severity: 'error',
  from: { path: `${SRC}${folder}/`, pathNot: '\\.spec\\.ts$' },
  to: { path: SRC, pathNot: [folder, ...targets].map((target) => `${SRC}${target}[/.]`) },
}));

module.exports = {
  forbidden: [
    { name: 'no-cycle', severity: 'error', from: {}, to: { circular: true } },
    ...folderRules,
    {
      name: 'through-the-index',
      comment: "another folder's insides are reached through its index.ts",
      severity: 'error',
      from: { path: `${SRC}([^/]+)/`, pathNot: '\\.spec\\.ts$' },
      to: {
        path: `${SRC}[^/]+/.+`,
        pathNot: [`${SRC}$1/`, `${SRC}[^/]+/index\\.ts$`, EVENT_SOURCING_RUNTIME, EVENT_STORE_CONTRACT],
      },
    },
    {
      name: 'root-without-cqrs',
      comment: 'the module loads without @nestjs/cqrs, so it takes the part of event-sourcing that does too',
      severity: 'error',
      from: { path: `${SRC}([^/]+$|testing/)` },
      to: { path: `${SRC}event-sourcing/(index\\.ts$|aggregate/)` },
    },
    {
      name: 'no-own-index',
      comment: 'a file never imports the index that re-exports it',
      severity: 'error',
      from: { path: `${SRC}([^/]+)/`, pathNot: ['\\.spec\\.ts$', '/index\\.ts$'] },
      to: { path: `${SRC}$1/index\\.ts$` },
    },
    {
      name: 'no-nest-in-core',
      severity: 'error',
      from: { path: `${SRC}(kernel|sqlite|[^/]+/core)/`, pathNot: '\\.spec\\.ts$' },
      to: { path: 'node_modules/@nestjs/' },
    },
    { name: 'aws-only-under-aws', severity: 'error', from: { pathNot: `${SRC}aws/` }, to: { path: '@aws-sdk/' } },
    {
      name: 'cqrs-only-in-aggregates',
      comment: 'the module loads without @nestjs/cqrs; only what extends its classes imports it',
      severity: 'error',
      from: { path: SRC, pathNot: [`${SRC}event-sourcing/aggregate/`, '\\.spec\\.ts$'] },
      to: { path: '@nestjs/cqrs' },
    },
    {
      name: 'apps-through-the-package',
      severity: 'error',
      from: { path: '^apps/' },
      to: { path: SRC, pathNot: [`${SRC}index\\.ts$`, `${SRC}[^/]+/index\\.ts$`] },
    },
    {
      name: 'apps-do-not-share',
      comment: 'the services share what is in libs/shop-*, event contracts above all, and nothing of each other',
      severity: 'error',
      from: { path: '^apps/([^/]+)/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'library-knows-no-shop',
      comment: 'the samples use the library, not the other way round',
      severity: 'error',
      from: { path: SRC },
      to: { path: '^(apps|libs/shop-[^/]+)/' },
    },
    {
      name: 'shop-knows-no-app',
      comment: 'what the services share depends on neither',
      severity: 'error',
      from: { path: '^libs/shop-' },
      to: { path: '^apps/' },
    },
    {
      name: 'not-resolved',
      comment: 'an import that is not found is an import that no rule has looked at',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^nestjs-loose-coupling|^@aws-sdk/' },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    // Fixtures of specs, in a folder beside them, are no part of the library.
    exclude: {
      path: '\\.spec\\.ts$|^dist/|^libs/loose-coupling/lambda/|^libs/loose-coupling/src/[^/]+/[^/]+/testing/',
    },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['node', 'require', 'default'],
    },
  },
};
