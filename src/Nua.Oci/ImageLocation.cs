using Nua.Foundation;

namespace Nua.Oci;

/// <summary>Where an image is or shall go, as people write it on the command line.</summary>
public abstract record ImageLocation
{
    private ImageLocation()
    {
    }

    /// <summary>
    /// <c>oci:DIR[:TAG]</c>, <c>oci-archive:FILE[:TAG]</c>, <c>docker-archive:FILE[:TAG]</c>, <c>docker-daemon:NAME:TAG</c>,
    /// <c>docker://HOST/NAME[:TAG][@DIGEST]</c>; without a prefix, a digest or name in the store, or a registry reference when
    /// it begins with a host. A path ends at the first colon, as other tools read it.
    /// </summary>
    /// <exception cref="ProblemException">NUA3201, NUA3202; exit code 2.</exception>
    public static ImageLocation Parse(string text)
    {
        if (Strip(text, "docker://") is { } remote)
        {
            return new Registry(ImageReference.Parse(remote));
        }

        if (Strip(text, "docker-daemon:") is { } daemon)
        {
            return DaemonName(text, daemon);
        }

        if (Strip(text, "oci:") is { } layout)
        {
            var (path, tag) = PathAndTag(text, layout);
            return new Layout(path, tag);
        }

        if (Strip(text, "oci-archive:") is { } archive)
        {
            var (path, tag) = PathAndTag(text, archive);
            return new OciArchive(path, tag);
        }

        if (Strip(text, "docker-archive:") is { } dockerArchive)
        {
            var (path, tag) = PathAndTag(text, dockerArchive);
            return new DockerArchive(path, tag);
        }

        return Plain(text);
    }

    private static ImageLocation Plain(string text)
    {
        // 'notes:1' fits the general grammar of digests too: only what Nua can verify is taken for one.
        if (Digest.TryParse(text, out var digest) && digest.IsVerifiable)
        {
            return new StoreDigest(digest);
        }

        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash > 0 && ImageReference.IsHost(text[..slash]))
        {
            return new Registry(ImageReference.Parse(text));
        }

        return StoreName.IsValid(text)
            ? new StoreName(text)
            : throw Invalid(text, "a name in the store is NAME or NAME:TAG, NAME of lower-case letters, digits and separators");
    }

    private static DockerDaemon DaemonName(string text, string name) =>
        StoreName.IsValid(name)
            ? new DockerDaemon(StoreName.WithTag(name))
            : throw Invalid(text, "after 'docker-daemon:' comes NAME:TAG");

    private static (string Path, string? Tag) PathAndTag(string text, string rest)
    {
        var colon = rest.IndexOf(':', StringComparison.Ordinal);
        var path = colon < 0 ? rest : rest[..colon];
        var tag = colon < 0 ? null : rest[(colon + 1)..];
        if (path.Length == 0 || path.Contains('\0', StringComparison.Ordinal))
        {
            throw Invalid(text, "the path is empty");
        }

        if (tag is not null && !ReferenceGrammar.IsRefName(tag))
        {
            throw Invalid(text, $"'{Printable.Escape(tag, 80)}' is not a tag; a path may not contain ':'");
        }

        return (path, tag);
    }

    private static string? Strip(string text, string prefix) =>
        text.StartsWith(prefix, StringComparison.Ordinal) ? text[prefix.Length..] : null;

    private static ProblemException Invalid(string text, string why) => new(
        new Problem("NUA3202", $"'{Printable.Escape(text, 120)}' does not name an image")
        {
            Why = why,
            Remedy = "write NAME:TAG, sha256:…, oci:DIR:TAG, oci-archive:FILE, docker-archive:FILE or docker://HOST/NAME:TAG",
        })
    { ExitCode = 2 };

    /// <summary>A directory in image layout form.</summary>
    public sealed record Layout(string Directory, string? Tag) : ImageLocation
    {
        public override string ToString() => Join("oci:" + Directory, Tag);
    }

    /// <summary>An image layout in a tar file.</summary>
    public sealed record OciArchive(string File, string? Tag) : ImageLocation
    {
        public override string ToString() => Join("oci-archive:" + File, Tag);
    }

    /// <summary>What <c>docker save</c> writes and <c>docker load</c> reads.</summary>
    public sealed record DockerArchive(string File, string? Tag) : ImageLocation
    {
        public override string ToString() => Join("docker-archive:" + File, Tag);
    }

    /// <summary>The local Docker engine, as <c>NAME:TAG</c>.</summary>
    public sealed record DockerDaemon(string Name) : ImageLocation
    {
        public override string ToString() => "docker-daemon:" + Name;
    }

    public sealed record Registry(ImageReference Reference) : ImageLocation
    {
        public override string ToString() => "docker://" + Reference;
    }

    /// <summary>A tag of the local store.</summary>
    public sealed record StoreName(string Name) : ImageLocation
    {
        /// <summary><c>NAME</c> or <c>NAME:TAG</c>; also the name that an image has in a registry, <c>HOST:PORT/NAME:TAG</c>.</summary>
        public static bool IsValid(string text)
        {
            var colon = TagColon(text);
            return (colon < 0
                    ? ReferenceGrammar.IsRepository(text)
                    : ReferenceGrammar.IsRepository(text[..colon]) && ReferenceGrammar.IsTag(text[(colon + 1)..]))
                || (ImageReference.TryParse(text, out var reference, out _) && reference.Digest is null);
        }

        /// <summary>The same with <c>:latest</c> when it has no tag.</summary>
        public static string WithTag(string name) => HasTag(name) ? name : name + ":latest";

        public static bool HasTag(string name) => TagColon(name) >= 0;

        private static int TagColon(string text) => text.IndexOf(':', text.LastIndexOf('/') + 1);

        public override string ToString() => Name;
    }

    /// <summary>An image of the local store by manifest digest.</summary>
    public sealed record StoreDigest(Digest Digest) : ImageLocation
    {
        public override string ToString() => Digest.ToString();
    }

    private static string Join(string head, string? tag) => tag is null ? head : $"{head}:{tag}";
}
