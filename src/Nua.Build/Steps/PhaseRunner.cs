using System.Text.Json;
using Nua.Build.Planning;
using Nua.Build.Toolchains;
using Nua.Foundation;
using Nua.Oci.Tar;
using Nua.Rootfs;
using Nua.Rootfs.Trees;
using Nua.Sandbox;

namespace Nua.Build.Steps;

/// <summary>Runs one phase of a plan in a mounted stack: puts the source there, lets the agent drive the steps, reports.</summary>
internal sealed class PhaseRunner(BuildSession session, BuildSource source, IReadOnlyList<ResolvedToolchain> toolchains, long epoch)
{
    private const string StepFile = "/nua/build/metadata/steps.json";
    private const string Agent = "/nua/build/agent/nua-agent";

    /// <summary>Paths (relative to the stack's root) that exist only because something was mounted there.</summary>
    public IReadOnlySet<string> MountPoints { get; private set; } = new HashSet<string>();

    /// <exception cref="ProblemException">NUA2301 a step failed; NUA2302 it took too long; NUA2303 the disk is full.</exception>
    public void Run(string stack, BuildPhase phase)
    {
        session.Report(new BuildEvent.PhaseStarted(phase.Name));
        session.Workshop.Put(stack, "nua", WriteResultFolders);
        session.Workshop.Put(stack, "nua/build", tar => WriteBuildTree(tar, phase));
        var network = session.Request.Network ?? phase.Network;
        var host = network ? HostNetworkSettings.Read(session.Request.Environment, StepContainer.Home) : HostNetworkSettings.None;
        using var caches = PackageCaches.Take(session.Store.Home, phase.Caches);
        var secrets = phase.Secrets.Select(id => (Id: id, Content: SecretFiles.Read(session.Request.Secrets, id))).ToList();
        var container = new StepContainer(session.Workshop, toolchains, host, caches);
        var mounts = container.Mounts(secrets);
        MountPoints = mounts.Select(m => m.Target.TrimStart('/')).ToHashSet(StringComparer.Ordinal);
        var output = new StepOutput(session.Report, [.. host.Secrets, .. secrets.SelectMany(s => SecretFiles.Spellings(s.Content))], phase.Steps.Count);
        var result = session.Workshop.Run(
            stack,
            new ContainerOrder([Agent, "steps", StepFile])
            {
                WorkDir = "/nua/build/src",
                Env = container.Env(epoch),
                Mounts = mounts,
                Capabilities = CapabilitySets.Build,
                SharesNetwork = network,
                IsFirstToEnd = true,
                TimeLimit = TimeSpan.FromSeconds(phase.TimeoutSeconds),
            },
            (_, bytes) => output.Add(bytes.Span),
            cancel: session.Cancel);
        output.Flush();
        if (result.Status != 0 || result.IsTimeout || result.IsDiskFull)
        {
            throw StepFailure.Of(phase, result, output, network);
        }
    }

    /// <summary>Where commands may leave results: there before they are, so that a plain <c>cp</c> does what it says.</summary>
    private static void WriteResultFolders(TarWriter tar)
    {
        foreach (var folder in (string[])["app", "bin", "etc"])
        {
            tar.Write(new TarEntry(folder, TarEntryType.Directory));
        }
    }

    private void WriteBuildTree(TarWriter tar, BuildPhase phase)
    {
        foreach (var folder in (string[])["agent", "dist", "metadata", "src"])
        {
            tar.Write(new TarEntry(folder, TarEntryType.Directory));
        }

        using (var agent = File.OpenRead(session.Request.AgentPath))
        {
            tar.Write(new TarEntry("agent/nua-agent", TarEntryType.File) { Mode = 0x1ED, Size = agent.Length }, agent);
        }

        var steps = Steps(phase);
        tar.Write(new TarEntry("metadata/steps.json", TarEntryType.File) { Size = steps.Length }, steps);
        foreach (var entry in InputTree(phase).Entries)
        {
            WriteEntry(tar, entry, "src/" + entry.Path, Path.Combine(source.Folder, entry.Path));
        }

        foreach (var (file, entry) in source.Packager)
        {
            if (file.Target.StartsWith("/nua/build/", StringComparison.Ordinal))
            {
                WriteEntry(tar, entry, file.Target["/nua/build/".Length..], Path.Combine(source.ProjectFolder, file.Source));
            }
        }
    }

    /// <summary>The part of the source that a phase may see.</summary>
    public FileTree InputTree(BuildPhase phase)
    {
        if (phase.Inputs is null)
        {
            return source.Tree;
        }

        // The patterns name what is wanted; ignore rules name what is not: the same matcher with the answer turned round.
        var wanted = IgnoreRules.None.With(phase.Inputs);
        var files = source.Tree.Entries.Where(e => !e.IsDirectory && wanted.IsIgnored(e.Path)).ToList();
        var folders = new HashSet<string>(StringComparer.Ordinal);
        foreach (var file in files)
        {
            for (var at = file.Path.LastIndexOf('/'); at > 0; at = file.Path.LastIndexOf('/', at - 1))
            {
                folders.Add(file.Path[..at]);
            }
        }

        return new FileTree([.. source.Tree.Entries.Where(e => e.IsDirectory ? folders.Contains(e.Path) : wanted.IsIgnored(e.Path))]);
    }

    private void WriteEntry(TarWriter tar, TreeEntry entry, string path, string file)
    {
        var type = entry.Kind switch
        {
            TreeKind.File => TarEntryType.File,
            TreeKind.Symlink => TarEntryType.SymbolicLink,
            _ => TarEntryType.Directory,
        };
        var header = new TarEntry(path, type)
        {
            Mode = entry.Kind == TreeKind.File && (entry.Mode & 0x49) == 0 ? 0x1A4u : 0x1EDu,
            Size = entry.Size,
            Modified = new TarTime(epoch),
            LinkTarget = entry.Link,
        };
        if (entry.Kind != TreeKind.File)
        {
            tar.Write(header);
            return;
        }

        using var content = FileContent.Open(file);
        if (content.Length != entry.Size)
        {
            throw new ProblemException(new Problem("NUA2155", $"'{Printable.Escape(entry.Path, 300)}' changed during the build")
            {
                Remedy = "build again when nothing writes to the folder",
            });
        }

        tar.Write(header, content);
    }

    private static byte[] Steps(BuildPhase phase)
    {
        var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartArray("steps");
            foreach (var step in phase.Steps)
            {
                json.WriteStartObject();
                json.WriteString("title", step.Title);
                json.WriteStartArray("argv");
                foreach (var word in step.Argv)
                {
                    json.WriteStringValue(word);
                }

                json.WriteEndArray();
                json.WriteString("workdir", step.WorkDir ?? "/nua/build/src");
                json.WriteStartObject("env");
                foreach (var (name, value) in step.Env)
                {
                    json.WriteString(name, value);
                }

                json.WriteEndObject();
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteStartObject("env");
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }
}
