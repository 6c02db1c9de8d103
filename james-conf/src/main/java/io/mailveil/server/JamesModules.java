package io.mailveil.server;

import org.apache.james.NaiveDelegationStoreModule;
import org.apache.james.data.UsersRepositoryModuleChooser;
import org.apache.james.modules.MailboxModule;
import org.apache.james.modules.MailetProcessingModule;
import org.apache.james.modules.mailbox.DefaultEventModule;
import org.apache.james.modules.mailbox.MemoryDeadLetterModule;
import org.apache.james.modules.protocols.IMAPServerModule;
import org.apache.james.modules.protocols.LMTPServerModule;
import org.apache.james.modules.protocols.ManageSieveServerModule;
import org.apache.james.modules.protocols.POP3ServerModule;
import org.apache.james.modules.protocols.ProtocolHandlerModule;
import org.apache.james.modules.protocols.SMTPServerModule;
import org.apache.james.modules.server.DKIMMailetModule;
import org.apache.james.modules.server.DataRoutesModules;
import org.apache.james.modules.server.InconsistencyQuotasSolvingRoutesModule;
import org.apache.james.modules.server.MailQueueRoutesModule;
import org.apache.james.modules.server.MailRepositoriesRoutesModule;
import org.apache.james.modules.server.MailboxRoutesModule;
import org.apache.james.modules.server.MailetContainerModule.DefaultProcessorsConfigurationSupplier;
import org.apache.james.modules.server.NoJwtModule;
import org.apache.james.modules.server.RawPostDequeueDecoratorModule;
import org.apache.james.modules.server.ReIndexingModule;
import org.apache.james.modules.server.SieveRoutesModule;
import org.apache.james.modules.server.TaskManagerModule;
import org.apache.james.modules.server.WebAdminReIndexingTaskSerializationModule;
import org.apache.james.modules.server.WebAdminServerModule;
import org.apache.james.server.core.configuration.Configuration;
import org.apache.james.server.core.configuration.FileConfigurationProvider;
import org.apache.james.server.core.filesystem.FileSystemImpl;
import org.apache.james.smtpserver.netty.SMTPServerFactory;

import com.google.inject.Module;
import com.google.inject.Scopes;
import com.google.inject.util.Modules;

/** The list of what this server is made of. */
final class JamesModules {
    private JamesModules() {
    }

    static Module all(Configuration configuration) {
        return Modules.combine(storage(configuration), processing(), protocols(), administration());
    }

    private static Module storage(Configuration configuration) {
        FileConfigurationProvider files = new FileConfigurationProvider(new FileSystemImpl(configuration.directories()), configuration);
        return Modules.combine(
            new DataModule(),
            Modules.combine(new UsersRepositoryModuleChooser(new UsersModule())
                .chooseModules(UsersRepositoryModuleChooser.Implementation.parse(files))),
            new NaiveDelegationStoreModule(),
            new MailboxModule(),
            new MailboxesModule(),
            new DefaultEventModule(),
            new MemoryDeadLetterModule(),
            new QueueModule(),
            new RawPostDequeueDecoratorModule(),
            new TaskManagerModule());
    }

    private static Module processing() {
        return Modules.combine(
            new MailetProcessingModule(),
            new DKIMMailetModule(),
            binder -> binder.bind(DefaultProcessorsConfigurationSupplier.class).toInstance(JamesModules::noProcessors));
    }

    private static Module protocols() {
        return Modules.combine(
            new ProtocolHandlerModule(),
            Modules.override(new SMTPServerModule())
                .with(binder -> binder.bind(SMTPServerFactory.class).to(SteadySmtpServerFactory.class).in(Scopes.SINGLETON)),
            new IMAPServerModule(),
            new POP3ServerModule(),
            new LMTPServerModule(),
            new ManageSieveServerModule());
    }

    private static Module administration() {
        return Modules.combine(
            new WebAdminServerModule(),
            new NoJwtModule(),
            new DataRoutesModules(),
            new MailboxRoutesModule(),
            new InconsistencyQuotasSolvingRoutesModule(),
            new MailQueueRoutesModule(),
            new MailRepositoriesRoutesModule(),
            new ReIndexingModule(),
            new WebAdminReIndexingTaskSerializationModule(),
            new SieveRoutesModule());
    }

    /** James's own fallback is a chain that forwards everything plainly: the last thing a gateway that hides people may do. */
    private static <T> T noProcessors() {
        throw new StartProblem("mailetcontainer.xml has no <processors>. Take those of the sample configuration.");
    }
}
