using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Nua.Build.Layers;
using Nua.Build.Packages;
using Nua.Build.Planning;
using Nua.Build.Sbom;
using Nua.Build.Wrap;
using Nua.Foundation;
using Nua.Oci;
using Nua.Oci.Archives;
using Nua.Oci.Layers;
using Nua.Oci.Storage;

namespace Nua.Build.Roots;

/// <summary>
/// Makes the two root file systems of a build: the runtime root (base and run packages), and on top of it the build root. Each is made once
/// and found again by a key over everything it was made from.
/// </summary>
internal sealed class RootBuilder(BuildSession session)
{
    private static readonly PackageSet _none = PackageSet.Empty;

    /// <exception cref="ProblemException">NUA22xx packages, NUA32xx base image.</exception>
    public async Task<RuntimeRoot> RuntimeAsync(string? baseReference, IReadOnlyList<string> packages)
    {
        var (image, name, set) = baseReference is null ? await DebianAsync() : (await OpenBaseAsync(baseReference), baseReference, _none);
        if (session.Request.NoCache)
        {
            RequireSound(image);
        }

        var baseKey = Hash("base", image.Digest.ToString());
        var bare = new RuntimeRoot
        {
            Base = image,
            BaseName = name,
            BasePackages = set,
            Packages = _none,
            PackagesLayer = null,
            Key = baseKey,
            // Our own base is unpacked anyway; another may never have to be.
            Facts = baseReference is null ? Facts(baseKey, image, null) : KnownFacts(baseKey) ?? Remember(baseKey, LayerFacts.Read(image, session.Cancel)),
        };
        if (packages.Count == 0)
        {
            return bare;
        }

        var status = bare.Facts.DpkgStatus;
        RequireDpkg(bare.Facts, name, packages);
        var wanted = await session.Apt.ResolveAsync(status, packages, session.Request.NoCache, session.Cancel);
        if (wanted.Packages.Count == 0)
        {
            return bare;
        }

        var key = Hash("packages", baseKey, Serialize(wanted));
        var layer = session.Layers.Find(key);
        if (layer is null)
        {
            await session.Apt.FetchAsync(wanted, status, packages, session.Cancel);
            layer = InstallLayer(key, image, wanted);
        }

        return bare with { Packages = wanted, PackagesLayer = layer, Key = key, Facts = Facts(key, image, layer) };
    }

    /// <summary>An image as it is, to be wrapped or put under another's layers, read from its layers: nothing is unpacked and no worker started.</summary>
    /// <exception cref="ProblemException">NUA2213 it is for another platform, NUA2214 it has a /nua, NUA30xx and NUA32xx.</exception>
    public async Task<RuntimeRoot> ReadAsync(string reference)
    {
        var image = await OpenBaseAsync(reference);
        var key = Hash("wrap", image.Digest.ToString());
        var facts = KnownFacts(key) ?? Remember(key, LayerFacts.Read(image, session.Cancel));
        return facts.HasNua ? throw WrapProblem.HasNua(reference) : new RuntimeRoot
        {
            Base = image,
            BaseName = reference,
            BasePackages = _none,
            Packages = _none,
            PackagesLayer = null,
            Key = key,
            Facts = facts,
        };
    }

    /// <summary>Resolves build packages on top of the runtime root and installs them into a snapshot.</summary>
    /// <returns>Folders to stack, top first, and the set.</returns>
    public async Task<(IReadOnlyList<string> Lowers, PackageSet Set, string Key)> BuildRootAsync(
        RuntimeRoot runtime, IReadOnlyList<string> packages)
    {
        var runtimeLowers = session.Workshop.Unpack(runtime.Layers);
        if (packages.Count == 0)
        {
            return (runtimeLowers, _none, runtime.Key);
        }

        RequireDpkg(runtime.Facts, runtime.BaseName, packages);
        var set = await session.Apt.ResolveAsync(runtime.Facts.DpkgStatus, packages, session.Request.NoCache, session.Cancel);
        if (set.Packages.Count == 0)
        {
            return (runtimeLowers, set, runtime.Key);
        }

        var key = "b-" + Hash("build", runtime.Key, Serialize(set));
        var folder = $"snapshots/{key}";
        if (!session.Workshop.Folder.HasSnapshot(key))
        {
            session.Note($"installing {set.Packages.Count} packages into the build root");
            await session.Apt.FetchAsync(set, runtime.Facts.DpkgStatus, packages, session.Cancel);
            var stack = session.Workshop.Mount(runtimeLowers);
            new PackageInstaller(session).Install(stack, set, isFirst: false);
            session.Workshop.Remove(stack, ["nua"]);
            session.Workshop.Commit(stack, folder);
        }

        return ([folder + "/fs", .. runtimeLowers], set, key);
    }

    private async Task<(Image Image, string Name, PackageSet Set)> DebianAsync()
    {
        var platform = session.Request.Platform;
        var name = $"debian:{AptSources.Release}" + (platform == Platform.LinuxAmd64 ? "" : "-" + platform.Architecture);
        var essential = await session.Apt.EssentialAsync(session.Request.NoCache, session.Cancel);
        var set = await session.Apt.ResolveAsync([], essential, session.Request.NoCache, session.Cancel);
        var key = "base-" + Hash("debian", Serialize(set), LayerStore.FormatVersion.ToString());
        if (session.Store.ReadRecord(RecordKind.Builds, key) is { } record
            && session.Store.Find(Encoding.ASCII.GetString(record)) is { } known
            && (!session.Request.NoCache || IsSound(known.Manifest)))
        {
            return (session.Store.OpenImage(known.Manifest.Digest.ToString()), name, set);
        }

        session.Note($"assembling {name} from {set.Packages.Count} packages");
        await session.Apt.FetchAsync(set, [], essential, session.Cancel);
        var workshop = session.Workshop;
        var since = FileSystemTime();
        var stack = workshop.Mount([]);
        workshop.ExtractDebs(stack, [.. set.Packages
            .OrderBy(p => p.Name == "base-files" ? 0 : 1)
            .Select(p => workshop.Place(Path.Combine(session.Apt.Archives, p.File)))]);
        var installer = new PackageInstaller(session);
        installer.Install(stack, set, isFirst: true);
        var built = session.Layers.Write(LayerKind.Base, installer.Collect(stack, since), workshop, stack, upperOnly: true, keepsTimes: true);
        workshop.Drop(stack);
        var manifest = WriteBase(built.Layer, platform);
        session.Writer.Publish(manifest, name);
        session.Store.WriteRecord(RecordKind.Builds, key, Encoding.ASCII.GetBytes(manifest.Digest.ToString()));
        return (session.Store.OpenImage(manifest.Digest.ToString()), name, set);
    }

    private Descriptor WriteBase(Layer layer, Platform platform)
    {
        var config = new ImageConfig(platform, [layer.DiffId])
        {
            Created = "2025-01-01T00:00:00Z",
            Run = new RunConfig
            {
                Env = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
                Cmd = ["/bin/sh"],
            },
            History = [new HistoryEntry { Created = "2025-01-01T00:00:00Z", CreatedBy = "nua: Debian " + AptSources.Release }],
        };
        var configBlob = session.Writer.Put(MediaTypes.Config, config.ToBytes());
        return session.Writer.Put(MediaTypes.Manifest, new ImageManifest(configBlob, [layer.Blob]).ToBytes());
    }

    /// <summary>A base from a registry, a layout, an archive or the store; it is copied into the store, so that its blobs are at hand.</summary>
    private async Task<Image> OpenBaseAsync(string reference)
    {
        var location = ImageLocation.Parse(reference);
        return ForPlatform(location is ImageLocation.Registry registry
            ? await new RegistryBase(session, session.Request.Platform).OpenAsync(registry.Reference)
            : Open(location, reference), reference);
    }

    private Image Open(ImageLocation location, string reference)
    {
        var platform = session.Request.Platform;
        if (location is ImageLocation.StoreName or ImageLocation.StoreDigest)
        {
            return session.Store.OpenImage(reference, platform);
        }

        using var source = ImageSource.Open(location, session.Store);
        var root = source.Root.Digest.ToString();
        if (session.Store.Find(root) is null || session.Request.NoCache)
        {
            var name = "nua-base-" + root[7..19] + ":imported";
            ImageTransfer.Copy(location, ImageLocation.Parse(name), session.Store, session.Cancel);
        }

        return session.Store.OpenImage(root, platform);
    }

    /// <summary>An index was searched for the platform; a single image is taken as it is and may be for another.</summary>
    private Image ForPlatform(Image image, string reference) => session.Request.Platform.Accepts(image.Config.Platform)
        ? image
        : throw WrapProblem.OtherPlatform(reference, image.Config.Platform, session.Request.Platform);

    private Layer InstallLayer(string key, Image image, PackageSet set)
    {
        session.Note($"installing {set.Packages.Count} packages into the runtime root");
        var workshop = session.Workshop;
        var lowers = workshop.Unpack(image.Layers);
        var since = FileSystemTime();
        var stack = workshop.Mount(lowers);
        var installer = new PackageInstaller(session);
        installer.Install(stack, set, isFirst: false);
        var built = session.Layers.Write(LayerKind.Packages, installer.Collect(stack, since), workshop, stack, upperOnly: true, keepsTimes: true);
        workshop.Drop(stack);
        session.Layers.Remember(key, built.Layer);
        return built.Layer;
    }

    private RootFacts Facts(string key, Image image, Layer? packages)
    {
        if (KnownFacts(key) is { } known)
        {
            return known;
        }

        var workshop = session.Workshop;
        var stack = workshop.Mount(workshop.Unpack(RuntimeRoot.LayersOf(image, packages)));
        var tree = workshop.Scan(stack, "");
        var facts = new RootFacts(
            workshop.ReadFile(stack, "var/lib/dpkg/status"),
            workshop.ReadFile(stack, "etc/passwd"),
            workshop.ReadFile(stack, "etc/group"),
            workshop.ReadFile(stack, "usr/lib/os-release"),
            tree.Entries.Any(e => e.Path is "bin/sh" or "usr/bin/sh"),
            SbomOfRoot.Read(workshop, stack, tree));
        workshop.Drop(stack);
        return Remember(key, facts);
    }

    private RootFacts? KnownFacts(string key)
    {
        try
        {
            return session.Store.ReadRecord(RecordKind.Layers, "facts-" + key) is { } kept
                ? JsonSerializer.Deserialize(kept, RootJson.Default.RootFacts)
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private RootFacts Remember(string key, RootFacts facts)
    {
        session.Store.WriteRecord(
            RecordKind.Layers, "facts-" + key, JsonSerializer.SerializeToUtf8Bytes(facts, RootJson.Default.RootFacts));
        return facts;
    }

    private bool IsSound(Descriptor manifest)
    {
        try
        {
            RequireSound(session.Store.OpenImage(manifest));
            return true;
        }
        catch (ProblemException)
        {
            return false;
        }
    }

    /// <exception cref="ProblemException">NUA3060 to NUA3062 for the first layer that is not what its digest says.</exception>
    private void RequireSound(Image image)
    {
        foreach (var layer in image.Layers)
        {
            if (session.Store.Blobs.FindDamage(layer.Blob.Digest, layer.Blob.Size, session.Cancel) is { } damage)
            {
                throw new ProblemException(damage);
            }
        }
    }

    /// <summary>The clock that stamps files in the store, in seconds: not the process's, which may be shifted.</summary>
    private long FileSystemTime()
    {
        var file = Path.Combine(session.Store.Home, ".clock");
        File.WriteAllText(file, "");
        return new DateTimeOffset(File.GetLastWriteTimeUtc(file)).ToUnixTimeSeconds();
    }

    private static void RequireDpkg(RootFacts facts, string name, IReadOnlyList<string> packages)
    {
        if (facts.DpkgStatus.Length == 0)
        {
            throw new ProblemException(new Problem("NUA2211", $"the base '{Printable.Escape(name)}' has no dpkg, so no Debian package can be installed on it")
            {
                Why = $"these are asked for: {Printable.Escape(string.Join(", ", packages), 200)}",
                Remedy = "take a Debian base, or leave the packages out (run.packages, build.packages)",
            });
        }
    }

    private static string Serialize(PackageSet set) => JsonSerializer.Serialize(set, PackageJson.Default.PackageSet);

    private static string Hash(params string[] parts) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', parts))));
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(RootFacts))]
internal sealed partial class RootJson : JsonSerializerContext;
