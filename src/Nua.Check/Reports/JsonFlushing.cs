using System.Text.Json;

namespace Nua.Check.Reports;

internal static class JsonFlushing
{
    /// <summary>Hands on what was written, now and then: a writer keeps all of it otherwise.</summary>
    public static void FlushSome(this Utf8JsonWriter json)
    {
        if (json.BytesPending > 64 << 10)
        {
            json.Flush();
        }
    }
}
