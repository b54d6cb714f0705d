using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Nua.Build.Planning;
using Nua.Build.Platforms;
using Nua.Build.Roots;
using Nua.Build.Sources;
using Nua.Build.Steps;
using Nua.Build.Toolchains;
using Nua.Build.Wrap;
using Nua.Config;
using Nua.Foundation;
using Nua.Foundation.Durable;
using Nua.Oci;
using Nua.Oci.Compression;
using Nua.Oci.Storage;
using Nua.Rootfs;
using Nua.Rootfs.Trees;
using Nua.Sandbox;

namespace Nua.Build;

/// <summary>
/// Builds an image from an application's folder: config → plan → roots → layers → image. Before anything is made, the digest of
/// everything that goes in is compared with earlier builds: the same input is the same image, and then nothing is done.
/// </summary>
public static class Builder
{
    /// <summary>The time of every file when neither SOURCE_DATE_EPOCH nor a commit says one: 2025-01-01.</summary>
    public const long DefaultEpoch = 1_735_689_600;

    /// <exception cref="ProblemException">everything that stops a build, coded; nothing is half done then.</exception>
    public static Task<BuildOutcome> BuildAsync(BuildRequest request, IProgress<BuildEvent> progress, CancellationToken cancel) =>
        BuildAsync(request, progress.Report, cancel);

    private static async Task<BuildOutcome> BuildAsync(BuildRequest request, Action<BuildEvent> report, CancellationToken cancel)
    {
        var started = request.Clock.GetUtcNow();
        var problems = new List<Problem>();
        void Warn(Problem problem)
        {
            problems.Add(problem);
            report(new BuildEvent.ProblemFound(problem));
        }

        var project = ProjectReader.Read(request, Warn);
        SecretFiles.Check(request.Secrets, project.Config.Build.Secrets);
        var store = ImageStore.Open(request.StoreHome, request.Clock);
        var compression = project.Plan.Compression == "zstd" ? LayerCompression.Zstd : LayerCompression.Gzip;
        using var session = new BuildSession(request, store, compression, Memory(project.Config), report, cancel);
        // A build that was killed may have left one, and this one may need none.
        ControlGroup.RemoveAbandoned();
        var (plan, source, fetched) = await ReadSourceAsync(session, project, Warn);
        try
        {
            var epoch = request.SourceDateEpoch ?? source.Facts.CommitTime ?? await LastCommitAsync(source.Folder, cancel) ?? DefaultEpoch;
            ForeignPlatform.Require(plan, request.Platform, request.Emulator);
            var toolchains = await ToolchainsAsync(session, plan, source);
            var roots = new RootBuilder(session);
            var runtime = plan.IsWrap ? await roots.ReadAsync(plan.BaseReference!) : await roots.RuntimeAsync(plan.BaseReference, plan.RunPackages);
            plan = plan.IsWrap ? ImageDefaults.Complete(plan, runtime) : plan;
            var sourceDigest = SourceDigest(source);
            var key = Key(session, plan, source, sourceDigest, runtime, toolchains, epoch);
            var name = ImageName(request, plan) + request.NameSuffix;
            if (!request.NoCache && Known(session, key) is { } known)
            {
                Name(session, known, name);
                return new BuildOutcome(known.Digest, name, WasCached: true, problems);
            }

            var phases = new PhaseSequence(session, plan, source, toolchains, roots, runtime, epoch);
            var assembly = new ImageAssembly(session, plan, source, sourceDigest, toolchains, runtime, epoch);
            var manifest = await MakeAsync(session, phases, assembly, Warn);
            session.Writer.Publish(manifest, name);
            store.WriteRecord(RecordKind.Builds, key, Encoding.ASCII.GetBytes(manifest.Digest.ToString()));
            new BuildTimes(started, request.Clock.GetUtcNow()).Write(store, manifest.Digest);
            return new BuildOutcome(manifest.Digest, name, WasCached: false, problems);
        }
        finally
        {
            if (fetched is not null)
            {
                TreeRemoval.Remove(fetched);
            }
        }
    }

    /// <returns>The manifest, in the store but not yet under a name.</returns>
    private static async Task<Descriptor> MakeAsync(BuildSession session, PhaseSequence phases, ImageAssembly assembly, Action<Problem> warn)
    {
        var results = await phases.RunAsync(warn);
        try
        {
            return assembly.Assemble(results);
        }
        finally
        {
            if (results.Stack is not null)
            {
                session.Workshop.Drop(results.Stack);
            }
        }
    }

    /// <summary>Bytes. Four fifths leave the machine enough to go on when a build step takes all it may.</summary>
    private static long Memory(AppConfig config) =>
        config.Build.Memory is { } given ? (long)given << 20 : GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 5 * 4;

    /// <summary>The source where it is, or fetched and planned again with what was found.</summary>
    private static async Task<(BuildPlan Plan, BuildSource Source, string? Fetched)> ReadSourceAsync(
        BuildSession session, Project project, Action<Problem> warn)
    {
        var request = session.Request;
        if (project.Plan.Source is SourceSpec.Folder local)
        {
            var folder = local.Subfolder is null ? project.Folder : Path.Combine(project.Folder, local.Subfolder);
            var cache = OpenCache(session, folder);
            var source = SourceReader.Read(project.Plan, project.Folder, folder, new SourceFacts("folder", null, null, null, null), cache, warn);
            cache?.Save();
            return (project.Plan, source, null);
        }

        var fetcher = new SourceFetcher(
            session.Store.Home + "/caches/sources", request.Environment, session.Downloader, null, request.Clock);
        var work = NewWorkFolder(session.Store.Home);
        try
        {
            var found = await fetcher.FetchAsync(project.Plan.Source, project.Folder, work, session.Cancel);
            var planned = ProjectReader.Plan(request, project, AppFolder.Open(found.Folder), warn);
            return (planned, SourceReader.Read(planned, project.Folder, found.Folder, found.Facts, null, warn), work);
        }
        catch
        {
            TreeRemoval.Remove(work);
            throw;
        }
    }

    /// <summary>Where a fetched source is unpacked. Folders of builds that were killed go on the way.</summary>
    private static string NewWorkFolder(string home)
    {
        var parent = home + "/work";
        var folder = $"{parent}/{OwnerTag.Next()}";
        DurableFile.CreateDirectory(folder, 0x1C0);
        foreach (var left in Directory.EnumerateDirectories(parent).Where(path => !OwnerTag.IsAlive(Path.GetFileName(path))))
        {
            TreeRemoval.Remove(left);
        }

        return folder;
    }

    private static StatCache? OpenCache(BuildSession session, string folder)
    {
        if (session.Request.NoCache)
        {
            return null;
        }

        var name = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Path.GetFullPath(folder))))[..32];
        return StatCache.Open($"{session.Store.Home}/caches/stat/{name}", session.Request.Clock.GetUtcNow().ToUnixTimeSeconds());
    }

    private static async Task<IReadOnlyList<ResolvedToolchain>> ToolchainsAsync(BuildSession session, BuildPlan plan, BuildSource source)
    {
        var request = session.Request;
        var fromRegistry = plan.Toolchains.Where(t => t.Name != "dotnet-sdk").ToList();
        var resolved = new List<ResolvedToolchain>();
        if (fromRegistry.Count > 0)
        {
            var configuration = NpmConfiguration.Read(request.Environment, source.Folder);
            var resolver = new ToolchainResolver(
                configuration, request.Environment, session.Downloader, session.Store.Home + "/caches", request.Platform.Architecture == "arm64" ? Architecture.Arm64 : Architecture.X64,
                request.NoCache ? TimeSpan.Zero : TimeSpan.FromDays(7), request.Clock);
            resolved.AddRange(await resolver.ResolveAsync(fromRegistry, session.Cancel));
        }

        if (plan.Toolchains.Any(t => t.Name == "dotnet-sdk"))
        {
            resolved.Add(DotnetSdkFinder.Find(request.Environment, source.Folder));
        }

        foreach (var note in resolved.SelectMany(t => t.Notes))
        {
            session.Report(new BuildEvent.ProblemFound(note));
        }

        return resolved;
    }

    /// <summary>Digest of the source and of the packager's own files, each with its place.</summary>
    private static string SourceDigest(BuildSource source)
    {
        var packager = new FileTree([.. source.Packager.Select(p => p.Entry with { Path = p.File.Target + "\0" + p.Entry.Path })]);
        var tree = new FileTree([.. source.Tree.Entries.Select(Plain)]);
        return Hash(tree.ComputeDigest(withTimes: false), new FileTree([.. packager.Entries.Select(Plain)]).ComputeDigest(withTimes: false));
    }

    /// <summary>Only what can reach an image: whether a file is executable, not who owns it here.</summary>
    private static TreeEntry Plain(TreeEntry entry) => entry with
    {
        Mode = entry.Kind == TreeKind.File && (entry.Mode & 0x49) != 0 ? 0x1EDu : 0x1A4u,
        Uid = 0,
        Gid = 0,
    };

    /// <summary>
    /// The digest of everything an image is made from. Hashed, parts separated by NUL: compatibility number, agent, plan and configuration (canonical JSON), source tree,
    /// runtime root, toolchains with their published hashes, secret names (never values), network override, epoch.
    /// </summary>
    private static string Key(
        BuildSession session, BuildPlan plan, BuildSource source, string sourceDigest, RuntimeRoot runtime,
        IReadOnlyList<ResolvedToolchain> toolchains, long epoch)
    {
        var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartArray();
            PlanJson.Write(plan, json);
            ConfigWriter.ToJson(plan.Config, json);
            json.WriteEndArray();
        }

        return Hash(
            ToolVersion.Compatibility.ToString(),
            session.AgentDigest,
            Encoding.UTF8.GetString(buffer.ToArray()),
            sourceDigest,
            source.Facts.Commit ?? source.Facts.Sha256 ?? "",
            runtime.Key,
            string.Join('\n', toolchains.Select(t => $"{t.Name} {t.Version} {t.Integrity}")),
            string.Join('\n', session.Request.Secrets.Select(s => s.Id)),
            session.Request.Network?.ToString() ?? "",
            epoch.ToString());
    }

    private static Descriptor? Known(BuildSession session, string key) =>
        session.Store.ReadRecord(RecordKind.Builds, key) is { } record
            && session.Store.Find(Encoding.ASCII.GetString(record)) is { } image && IsReadable(session, image.Manifest)
                ? image.Manifest
                : null;

    /// <summary>Manifest and configuration are what their digests say; what is damaged is made anew. Layers are not read here: that is what
    /// <c>--no-cache</c> and <c>nua store verify</c> do.</summary>
    private static bool IsReadable(BuildSession session, Descriptor manifest)
    {
        try
        {
            _ = session.Store.OpenImage(manifest, session.Request.Platform);
            return true;
        }
        catch (ProblemException)
        {
            return false;
        }
    }

    private static void Name(BuildSession session, Descriptor manifest, string name)
    {
        if (session.Store.Find(name)?.Manifest.Digest != manifest.Digest)
        {
            session.Store.Tag(manifest, name);
        }
    }

    private static string ImageName(BuildRequest request, BuildPlan plan)
    {
        if (request.Name is not { } name)
        {
            return $"{plan.App.ImageName}:{plan.App.ImageTag}";
        }

        return ImageLocation.StoreName.HasTag(name) ? name : $"{name}:{plan.App.ImageTag}";
    }

    /// <summary>Only a folder that is itself a repository has a history of its own; a folder inside one is not dated by its neighbours.</summary>
    private static async Task<long?> LastCommitAsync(string folder, CancellationToken cancel)
    {
        if (!Path.Exists(Path.Combine(folder, ".git")))
        {
            return null;
        }

        try
        {
            var result = await new HostCommand("git", "-C", folder, "-c", "safe.directory=*", "log", "-1", "--format=%ct")
            {
                TimeLimit = TimeSpan.FromSeconds(10),
            }.RunAsync(cancel);
            return result.Status == 0 && long.TryParse(result.Output.Trim(), out var time) ? time : null;
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or TimeoutException)
        {
            return null;
        }
    }

    private static string Hash(params string[] parts) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', parts))));
}
