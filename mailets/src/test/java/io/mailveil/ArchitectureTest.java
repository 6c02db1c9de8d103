package io.mailveil;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The arrows of docs/architecture.md point downwards only. */
@AnalyzeClasses(packages = "io.mailveil", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule ARROWS_POINT_DOWNWARDS = layeredArchitecture().consideringOnlyDependenciesInLayers()
        .layer("james").definedBy("io.mailveil.james..")
        .layer("gateway").definedBy("io.mailveil.gateway..")
        .layer("mime").definedBy("io.mailveil.mime..")
        .layer("store").definedBy("io.mailveil.store..")
        .layer("address").definedBy("io.mailveil.address..")
        .whereLayer("james").mayNotBeAccessedByAnyLayer()
        .whereLayer("gateway").mayOnlyBeAccessedByLayers("james")
        .whereLayer("mime").mayOnlyBeAccessedByLayers("gateway", "james")
        .whereLayer("store").mayOnlyBeAccessedByLayers("gateway", "james")
        .whereLayer("address").mayOnlyBeAccessedByLayers("mime", "store", "gateway", "james");

    @ArchTest
    static final ArchRule NO_CYCLES = slices().matching("io.mailveil.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule EVERYTHING_HAS_A_PLACE = classes().should().resideInAnyPackage("io.mailveil.james..", "io.mailveil.gateway..",
        "io.mailveil.mime..", "io.mailveil.store..", "io.mailveil.address..");

    @ArchTest
    static final ArchRule ONLY_THE_ADAPTERS_KNOW_JAMES = noClasses().that().resideOutsideOfPackage("io.mailveil.james..")
        .should().dependOnClassesThat(DescribedPredicate.describe("belong to James, javax.mail or javax.inject",
            type -> type.getPackageName().startsWith("javax.mail") || type.getPackageName().startsWith("javax.inject")
                || type.getPackageName().startsWith("org.apache.mailet")
                || type.getPackageName().startsWith("org.apache.james") && !type.getPackageName().startsWith("org.apache.james.mime4j")));

    @ArchTest
    static final ArchRule SQL_STAYS_IN_THE_STORE = noClasses().that().resideOutsideOfPackage("io.mailveil.store..")
        .should().dependOnClassesThat().resideInAnyPackage("java.sql..", "javax.sql..", "org.flywaydb..", "com.zaxxer..");

    @ArchTest
    static final ArchRule KEYS_STAY_WITH_THE_ADDRESSES = noClasses().that().resideOutsideOfPackage("io.mailveil.address..")
        .should().dependOnClassesThat().resideInAPackage("com.google.crypto.tink..");
}
