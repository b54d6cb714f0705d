using System.Text;
using System.Text.Json;
using Nua.Build.Metadata;
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
    private const string SystemPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    private const string Home = "/tmp/home";
    private const int LinesOfFailure = 12;
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
        var host = network ? HostNetworkSettings.Read(session.Request.Environment, Home) : HostNetworkSettings.None;
        using var caches = PackageCaches.Take(session.Store.Home, phase.Caches);
        var secrets = phase.Secrets.Select(id => (Id: id, Content: SecretFiles.Read(session.Request.Secrets, id))).ToList();
        var mounts = Mounts(caches, host, secrets);
        MountPoints = mounts.Select(m => m.Target.TrimStart('/')).ToHashSet(StringComparer.Ordinal);
        var output = new StepOutput(session.Report, [.. host.Secrets, .. secrets.SelectMany(s => Spellings(s.Content))], phase.Steps.Count);
        var result = session.Workshop.Run(
            stack,
            new ContainerOrder([Agent, "steps", StepFile])
            {
                WorkDir = "/nua/build/src",
                Env = Env(caches, host),
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
            throw Failure(phase, result, output, network);
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

    private SortedDictionary<string, string> Env(PackageCaches caches, HostNetworkSettings host)
    {
        var env = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["HOME"] = Home,
            ["TMPDIR"] = "/tmp",
            ["LANG"] = "C.UTF-8",
            ["LC_ALL"] = "C.UTF-8",
            ["TZ"] = "UTC",
            ["CI"] = "true",
            ["NO_COLOR"] = "1",
            ["DEBIAN_FRONTEND"] = "noninteractive",
            ["SOURCE_DATE_EPOCH"] = epoch.ToString(),
            ["NUA_BUILD"] = "1",
        };
        foreach (var (name, value) in host.Env.Concat(caches.Env).Concat(toolchains.SelectMany(t => t.BuildEnv)))
        {
            env[name] = value;
        }

        var path = toolchains.Select(t => t.BuildPath).Concat(["/nua/bin", "/nua/venv/bin", SystemPath]);
        env["PATH"] = string.Join(':', path.Distinct());
        return env;
    }

    private List<ContainerMount> Mounts(PackageCaches caches, HostNetworkSettings host, IReadOnlyList<(string Id, byte[] Content)> secrets)
    {
        var workshop = session.Workshop;
        List<ContainerMount> mounts =
        [
            new("tmpfs", "tmpfs", "/tmp", Options: "mode=1777"),
            new("tmpfs", "tmpfs", Home, Options: "mode=0700"),
            new("tmpfs", "tmpfs", "/run", Options: "mode=0755"),
            .. caches.Mounts,
        ];
        foreach (var toolchain in toolchains)
        {
            foreach (var placement in toolchain.Image.Append(toolchain.Build))
            {
                mounts.Add(new ContainerMount("bind", workshop.Place(placement.Source), placement.Target, IsReadOnly: true));
            }
        }

        var number = 0;
        foreach (var content in toolchains.Select(toolchain => toolchain.BuildHome))
        {
            mounts.AddRange(content.Folders.Select(folder =>
                new ContainerMount("bind", workshop.Place(folder.Source), $"{Home}/{folder.Target}", IsReadOnly: true)));
            mounts.AddRange(content.Files.Select(file =>
                Private($"home-{number++}", Encoding.UTF8.GetBytes(file.Content), $"{Home}/{file.Target}")));
        }

        foreach (var bind in host.Binds)
        {
            // Files may be readable by the caller only; they go through memory. Folders are shown as they are.
            if (File.Exists(bind.Source))
            {
                mounts.Add(Private($"host-{number++}", File.ReadAllBytes(bind.Source), bind.Target));
            }
            else
            {
                mounts.Add(new ContainerMount("bind", workshop.Place(bind.Source), bind.Target, IsReadOnly: true));
            }
        }

        if (!host.Binds.Any(bind => bind.Target == HostNames.Path))
        {
            // Without network too: programs that build start servers of their own and look for localhost.
            mounts.Add(Private($"host-{number++}", HostNames.Content, HostNames.Path));
        }

        foreach (var file in host.Files)
        {
            mounts.Add(Private($"host-{number++}", Encoding.UTF8.GetBytes(file.Content), file.Target));
        }

        foreach (var (id, content) in secrets)
        {
            mounts.Add(Private($"secret-{number++}", content, "/run/secrets/" + id));
        }

        return mounts;
    }

    private ContainerMount Private(string name, byte[] content, string target)
    {
        session.Workshop.PutPrivate(name, content);
        return new ContainerMount("bind", "private:" + name, target, IsReadOnly: true);
    }

    /// <summary>A secret and the encodings it is usually printed in.</summary>
    private static IEnumerable<string> Spellings(byte[] secret)
    {
        var text = Encoding.UTF8.GetString(secret).Trim();
        if (text.Length < 4)
        {
            yield break;
        }

        yield return text;
        yield return Convert.ToBase64String(secret);
        yield return Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
        foreach (var line in text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Where(l => l.Length >= 4))
        {
            yield return line;
        }
    }

    private static ProblemException Failure(BuildPhase phase, ContainerResult result, StepOutput output, bool network)
    {
        var step = Printable.Escape(output.Title, 200);
        if (result.IsDiskFull)
        {
            return new ProblemException(new Problem("NUA2303", $"the disk of the store became full during '{step}'")
            {
                Where = $"phase {phase.Name}",
                Remedy = "free space, run 'nua prune', or set NUA_HOME to a larger disk",
            });
        }

        if (result.IsTimeout)
        {
            return new ProblemException(new Problem("NUA2302", $"'{step}' did not end within {phase.TimeoutSeconds} seconds")
            {
                Where = $"phase {phase.Name}",
                Why = string.Join(" | ", output.Last(3)),
                Remedy = "make it end, or allow more time: build.timeout = SECONDS",
            });
        }

        if (result.IsOutOfMemory)
        {
            return new ProblemException(new Problem("NUA2311", $"'{step}' needs more memory than a build may use")
            {
                Where = $"phase {phase.Name}",
                Why = string.Join(" | ", output.Last(3)),
                Remedy = "let it do less at once, or allow more: build.memory = MEBIBYTES",
            });
        }

        const string indent = "\n       ";
        var lines = output.Last(LinesOfFailure).ToList();
        var last = string.Join(indent, lines);
        var errors = output.Errors.Except(lines, StringComparer.Ordinal).ToList();
        var first = errors.Count == 0 ? "" : $"the first errors it wrote:{indent}{string.Join(indent, errors)}\n     ";
        return new ProblemException(new Problem("NUA2301", $"'{step}' failed with status {result.Status}")
        {
            Where = $"phase {phase.Name}",
            Why = last.Length > 0 ? $"{first}its last lines were:{indent}{last}" : null,
            Remedy = FailureHint.Find(result.Status, first + last, network),
        });
    }
}
