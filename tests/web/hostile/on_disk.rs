//! What somebody suffers from lies in no browser's cache.

use entity::appointment as row;
use sea_orm::{EntityTrait, sea_query::Expr};

use super::*;

const SYMPTOMS: &str = "Numbness in the left hand at night";
const REASON: &str = "Please see a neurologist first";

#[tokio::test]
async fn no_page_that_says_so_is_kept_by_browsers_though_the_server_keeps_some() {
    let app = TestApp::start_with(&[("CACHE_VERIFY", "false")]).await;
    let clinic = Clinic::create(&app).await;
    let ail = row::Entity::update_many().col_expr(row::Column::Symptoms, Expr::value(SYMPTOMS));
    ail.exec(&app.db).await.unwrap();
    for column in [row::Column::RejectionReason, row::Column::CancellationReason] {
        let reason = row::Entity::update_many().col_expr(column, Expr::value(REASON));
        let told = sea_orm::QueryFilter::filter(reason, sea_orm::ColumnTrait::is_not_null(&column));
        told.exec(&app.db).await.unwrap();
    }
    let (mut said, mut kept_here) = (0, 0);
    for walker in walkers(&app, &clinic).await {
        for (path, _) in all_pages(&walker, &clinic.here).await {
            for _ in 0..2 {
                let page = walker.client.get(&path).await;
                if page.body.contains(SYMPTOMS) || page.body.contains(REASON) {
                    said += 1;
                    kept_here += usize::from(page.header("x-cache") == "hit");
                    assert_eq!(page.header("cache-control"), "no-store", "{}", page.asked);
                    assert_eq!(page.header("etag"), "", "{}", page.asked);
                    let again = walker.client.request(reqwest::Method::GET, &path).header("if-none-match", "*");
                    assert_eq!(walker.client.send(again).await.status, 200, "{}", page.asked);
                }
            }
        }
    }
    assert!(said > 5 && kept_here > 2, "{said} pages, {kept_here} of them from the cache");
}
