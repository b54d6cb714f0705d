using System.Diagnostics;
using System.Runtime.CompilerServices;
using Nua.Oci.Storage;
using Nua.Testing;

namespace Nua.Tests.Oci;

/// <summary>This test program again, as a process that publishes images until it is killed.</summary>
internal static class StoreChild
{
    private const string Variable = "NUA_TEST_STORE_CHILD";

    public static Process Start(string home, int seed)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        start.Environment[Variable] = $"{seed}:{home}";
        return Process.Start(start)!;
    }

    /// <summary>Runs before xunit's own entry point.</summary>
#pragma warning disable CA2255 // A program of its own would have to be built and found.
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void RunIfChild()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { } value)
        {
            return;
        }

        var colon = value.IndexOf(':', StringComparison.Ordinal);
        var seed = int.Parse(value[..colon]);
        var store = ImageStore.Open(value[(colon + 1)..]);
        Console.WriteLine("ready");
        for (var i = 0; i < 200; i++)
        {
            var root = TestImages.PublishTypical(store, $"image{i % 7}:1", seed: seed + i);
            Console.WriteLine($"image{i % 7}:1 {root.Digest}.");
        }

        Environment.Exit(0);
    }
}
