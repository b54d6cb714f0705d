using System.Text;
using Nua.Build.Layers;
using Nua.Build.Roots;

namespace Nua.Build.Metadata;

/// <summary>Gives the application's uid a name in <c>/etc/passwd</c>: programs that look themselves up would fail without one.</summary>
internal static class Accounts
{
    private const string Line = "nua:x:10001:0:Nua application:/nua/data/home:/usr/sbin/nologin";

    public static IEnumerable<LayerItem> Items(RootFacts facts, long epoch)
    {
        var text = Encoding.UTF8.GetString(facts.Passwd);
        if (text.Split('\n').Any(l => l.Split(':') is [_, _, "10001", ..]))
        {
            yield break;
        }

        if (text.Length == 0)
        {
            text = "root:x:0:0:root:/root:/bin/sh\n";
        }

        yield return Normal.File("etc/passwd", Encoding.UTF8.GetBytes(text.TrimEnd('\n') + "\n" + Line + "\n"), epoch);
    }
}
