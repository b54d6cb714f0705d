using Nua.Build.Layers;

namespace Nua.Build.Metadata;

/// <summary><c>/etc/hosts</c> with the names that are the same everywhere. Engines put their own file in its place; without either, where
/// a container has no network, no program could find <c>localhost</c>.</summary>
internal static class HostNames
{
    public const string Path = "/etc/hosts";

    public static byte[] Content => "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n"u8.ToArray();

    public static LayerItem Item(long epoch) => Normal.File(Path[1..], Content, epoch);
}
