using System.CommandLine;
using Nua.Engine.Contracts;
using Nua.Engine.Engines;
using Nua.Engine.Engines.Docker;
using Nua.Engine.Engines.Local;
using Nua.Engine.Instances;
using Nua.Engine.Operations;
using Nua.Foundation;
using Nua.Oci;
using Nua.Oci.Storage;

namespace Nua.Cli.Parsing;

/// <summary>From the name of an instance to what works on it.</summary>
public static class Instances
{
    public static Argument<string> Name(string description = "The instance") => new("NAME") { Description = description };

    public static InstanceFolder Folder(string name) => new(Locations.StoreHome(), InstanceName.Parse(name));

    /// <summary>Without the lock, for commands that only look.</summary>
    /// <exception cref="ProblemException">NUA5012: there is none of that name.</exception>
    public static InstanceRecord Read(InstanceFolder folder) => Instance.ReadRecord(folder) ?? throw Instance.NotFound(folder);

    /// <summary>With the lock. What an earlier command left unfinished is finished or undone first, and said.</summary>
    /// <exception cref="ProblemException">those of <see cref="Instance.OpenExisting"/>; NUA5012 also when a cut-off installation was undone.</exception>
    public static async Task<Places> OpenAsync(string name, Session session)
    {
        var folder = Folder(name);
        await SettleAsync(folder, session);
        return Open(Instance.OpenExisting(folder), session);
    }

    /// <summary>Finishes or undoes what a command that was cut off has left. An installation that is undone takes the folder with it.</summary>
    public static async Task SettleAsync(InstanceFolder folder, Session session)
    {
        if (!File.Exists(folder.Operation))
        {
            return;
        }

        using var place = Open(Instance.Open(folder), session);
        if (await Interrupted.SettleAsync(place.Work, session.Cancellation) is { } warning)
        {
            session.Messages.Report(warning);
        }
    }

    /// <summary>Ends what runs of an instance whose record does not say any more which engine has it, and gives its ports back. Its data stays as it is.</summary>
    public static async Task EndAsync(InstanceFolder folder, Session session)
    {
        using var held = Instance.Lock(folder);
        foreach (var name in (string[])[LocalEngine.EngineName, DockerEngine.EngineName])
        {
            try
            {
                var engine = Engine(name, folder.StoreHome, session);
                if ((await engine.StatusAsync(folder, session.Cancellation)).IsRunning)
                {
                    await engine.RemoveAsync(folder, session.Cancellation);
                    session.Messages.Note("stopped all the same; its data is as it was");
                }
            }
            catch (ProblemException) when (name == DockerEngine.EngineName)
            {
                // There is no such engine here, so it has nothing of ours.
            }
        }
    }

    private static Places Open(Instance instance, Session session)
    {
        try
        {
            return Place(instance, Engine(instance.Record?.Engine ?? instance.Operation?.Engine ?? LocalEngine.EngineName, instance.Folder.StoreHome, session), session);
        }
        catch
        {
            instance.Dispose();
            throw;
        }
    }

    public static Places Place(Instance instance, IEngine engine, Session session) => Places.Open(
        ImageStore.Open(instance.Folder.StoreHome), instance, engine, session.Messages.Note, (_, bytes) => Show(bytes, session));

    /// <param name="name"><c>local</c> or <c>docker</c>.</param>
    public static IEngine Engine(string name, string storeHome, Session session) => name == LocalEngine.EngineName
        ? new LocalEngine(storeHome) { Warn = session.Messages.Report }
        : new DockerEngine(DockerSocket.Find(Environment.GetEnvironmentVariable), Path.Combine(AppContext.BaseDirectory, "nua-agent"), TimeProvider.System);

    public static IEngine Engine(InstanceRecord record, InstanceFolder folder, Session session) => Engine(record.Engine, folder.StoreHome, session);

    public static Release ReleaseOf(RunnableImage image, AppContract contract) =>
        new(image.Image.Digest.ToString(), image.Reference, contract.AppId, contract.Version, contract.DataVersion);

    private static void Show(ReadOnlyMemory<byte> bytes, Session session)
    {
        if (session.Messages.IsVerbose)
        {
            foreach (var line in System.Text.Encoding.UTF8.GetString(bytes.Span).Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                session.Messages.Note("  " + Printable.Escape(line, 400));
            }
        }
    }
}
